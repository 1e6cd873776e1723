// SPDX-License-Identifier: LGPL-2.1-or-later
// Features by the names that QEMU gives them, as bits (hw/virtio/virtio-qmp.c; Virtual I/O Device
// specification 1.3).
#include "findings.hpp"

#include <qember/advanced/device/meaning.hpp>

#include <array>
#include <map>

namespace qember::vm {
namespace {

struct Named {
  std::string_view name;
  unsigned bit;
};
/// Names that are not those of the specification, of any device; and of virtio-net those above the lower
/// half.
constexpr std::array of_any{Named{"VHOST_F_LOG_ALL", 26}, Named{"VHOST_USER_F_PROTOCOL_FEATURES", 30},
                            Named{"VIRTIO_F_IOMMU_PLATFORM", 33}};
constexpr std::array of_net{Named{"NOTF_COAL", 53},   Named{"GUEST_USO4", 54},  Named{"GUEST_USO6", 55},
                            Named{"HOST_USO", 56},    Named{"HASH_REPORT", 57}, Named{"GUEST_HDRLEN", 59},
                            Named{"RSS", 60},         Named{"RSC_EXT", 61},     Named{"STANDBY", 62},
                            Named{"SPEED_DUPLEX", 63}};

using Bits = std::map<std::string, std::uint64_t, std::less<>>;

/// All names that are known for a device whose driver's choice is in `features`.
Bits bits_of(const device::Field& features, bool is_net) {
  Bits bits;
  for (unsigned number = 0; number < 64; ++number) {
    const std::uint64_t bit = std::uint64_t{1} << number;
    if (auto name = device::meaning(features, Integer(bit)); !name.empty())
      bits.emplace(std::move(name), bit);
  }
  for (const Named& each : of_net)
    if (is_net) bits.emplace(each.name, std::uint64_t{1} << each.bit);
  for (const Named& each : of_any) bits.emplace(each.name, std::uint64_t{1} << each.bit);
  return bits;
}

/// Zero where the name is unknown.
std::uint64_t bit_of(std::string_view name, const Bits& bits) {
  const auto whole = bits.find(name);
  if (whole != bits.end()) return whole->second;
  constexpr std::string_view mark = "_F_";
  const std::size_t at = name.find(mark);
  const auto found = at == std::string_view::npos ? bits.end() : bits.find(name.substr(at + mark.size()));
  return found == bits.end() ? 0 : found->second;
}

/// As QMP calls the device that saves such a section.
std::string_view qmp_name(std::string_view kind) { return kind == "virtio-console" ? "virtio-serial" : kind; }

void add(Offer& offer, const VirtioStatus& status, const Bits& names) {
  std::uint64_t bits = status.unnamed;
  for (const std::string& name : status.features) {
    const std::uint64_t bit = bit_of(name, names);
    bits |= bit;
    offer.is_sure &= bit != 0;
  }
  offer.always &= bits;
  offer.ever |= bits;
}

}  // namespace

std::string_view kind_of(const StateSection& section) {
  const std::string_view name = section.name;
  return name.substr(name.rfind('/') + 1);
}

Offers::Offers(const std::vector<VirtioStatus>& statuses, const MachineState& there) {
  for (const VirtioStatus& status : statuses) statuses_[status.device].push_back(&status);
  for (const StateSection& section : there.sections) ++devices_[kind_of(section)];
}

std::optional<Offer> Offers::of(const StateSection& section, const device::Field& features) {
  const std::string_view kind = kind_of(section);
  const auto asked = statuses_.find(qmp_name(kind));
  if (asked == statuses_.end()) return std::nullopt;
  const auto [found, is_new] = known_.try_emplace(kind);
  Offer& offer = found->second;
  if (!is_new) return offer;
  const Bits names = bits_of(features, kind == "virtio-net");
  offer.always = ~std::uint64_t{0};
  for (const VirtioStatus* const status : asked->second) add(offer, *status, names);
  offer.is_of_all = asked->second.size() >= devices_[kind];
  return offer;
}

}  // namespace qember::vm
