// SPDX-License-Identifier: LGPL-2.1-or-later
// Features by the names that QEMU gives them, as bits (hw/virtio/virtio-qmp.c; Virtual I/O Device
// specification 1.3).
#include "findings.hpp"

#include <qember/advanced/device/meaning.hpp>

#include <algorithm>
#include <array>

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

template <std::size_t N>
std::uint64_t bit_in(const std::array<Named, N>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name, &Named::name);
  return found == names.end() ? 0 : std::uint64_t{1} << found->bit;
}

/// Zero where the name is unknown.
std::uint64_t bit_of(std::string_view name, const device::Field& features, bool is_net) {
  if (const std::uint64_t bit = bit_in(of_any, name)) return bit;
  const std::size_t prefix = name.find("_F_");
  if (prefix == std::string_view::npos) return 0;
  name.remove_prefix(prefix + 3);
  if (const std::uint64_t bit = is_net ? bit_in(of_net, name) : 0) return bit;
  for (unsigned number = 0; number < 64; ++number) {
    const std::uint64_t bit = std::uint64_t{1} << number;
    if (device::meaning(features, Integer(bit)) == name) return bit;
  }
  return 0;
}

/// As QMP calls the device that saves such a section.
std::string_view qmp_name(std::string_view kind) { return kind == "virtio-console" ? "virtio-serial" : kind; }

bool is_of_kind(const StateSection& section, std::string_view kind) { return kind_of(section) == kind; }

}  // namespace

std::string_view kind_of(const StateSection& section) {
  const std::string_view name = section.name;
  return name.substr(name.rfind('/') + 1);
}

std::optional<Offer> Offers::of(const StateSection& section, const device::Field& features) const {
  const std::string_view kind = kind_of(section);
  Offer offer{.always = ~std::uint64_t{0}};
  std::size_t count = 0;
  for (const VirtioStatus& status : statuses_) {
    if (status.device != qmp_name(kind)) continue;
    std::uint64_t bits = status.unnamed;
    for (const std::string& name : status.features) {
      const std::uint64_t bit = bit_of(name, features, kind == "virtio-net");
      bits |= bit;
      offer.is_sure &= bit != 0;
    }
    offer.always &= bits;
    offer.ever |= bits;
    ++count;
  }
  if (count == 0) return std::nullopt;
  const auto devices = std::ranges::count_if(
      there_.sections, [&](const StateSection& each) { return is_of_kind(each, kind); });
  offer.is_of_all = count >= static_cast<std::size_t>(devices);
  return offer;
}

}  // namespace qember::vm
