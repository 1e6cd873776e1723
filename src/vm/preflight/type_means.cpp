// SPDX-License-Identifier: LGPL-2.1-or-later
// What makes a machine of another type like that of the stream.
#include "findings.hpp"
#include "machine_types.hpp"

#include <algorithm>
#include <charconv>

namespace qember::vm {
namespace {

/// A type such as pc-q35-7.2.
struct MachineType {
  std::string_view family;
  QemuVersion version;
};

std::optional<MachineType> parse_type(std::string_view name) {
  const std::size_t dash = name.rfind('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto version = parse_qemu_version(name.substr(dash + 1));
  return version ? std::optional(MachineType{name.substr(0, dash), *version}) : std::nullopt;
}

/// A property of all PCI devices changes each of them in the same way.
bool is_of(const TypeDifference& each, std::string_view device, std::string_view place) {
  return each.place == place && (each.device == device || each.property.starts_with("pci-device."));
}

}  // namespace

std::string type_means(const SectionPair& pair, std::string_view place, const Findings& findings,
                       std::string_view otherwise) {
  const auto here = parse_type(findings.here());
  const auto there = parse_type(findings.there());
  if (!here || !there || here->family != there->family) return std::string(otherwise);
  const bool is_same = here->version == there->version;
  const auto found = std::ranges::find_if(type_differences, [&](const TypeDifference& each) {
    const QemuVersion last{each.major, each.minor};
    const bool is_between = here->version <= last && last < there->version;
    return is_of(each, kind_of(pair.here), place) && !each.property.empty() && (is_same || is_between);
  });
  const bool is_known = found != type_differences.end();
  if (is_same)
    return is_known ? fmt::format("start the target with -global {}, if an older type saved the stream",
                                  found->property)
                    : std::string(otherwise);
  return fmt::format("start the target with -M {}{}", findings.here(),
                     is_known ? fmt::format(", or with -global {}", found->property) : "");
}

}  // namespace qember::vm
