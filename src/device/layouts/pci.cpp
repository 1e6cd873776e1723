// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pci.hpp"

namespace qember::device {
namespace pci {
namespace {

constexpr std::size_t header_size = 0x40;
constexpr std::size_t config_size = 0x100;
constexpr std::size_t express_config_size = 0x1000;

enum : std::uint16_t { express_id = 0x10, msix_id = 0x11 };

std::uint16_t word(ByteView config, std::size_t at) {
  return static_cast<std::uint16_t>(config[at] | config[at + 1] << 8U);
}

struct Capability {
  std::size_t at;
  std::uint16_t id;
  bool extended;
};

/// The list in the first 256 bytes. A pointer that leads nowhere, or back, ends it.
std::vector<Capability> capabilities_of(ByteView config) {
  std::vector<Capability> found;
  constexpr std::uint8_t has_list = 0x10;
  if (config.size() < config_size || (config[0x06] & has_list) == 0) return found;
  const auto is_known = [&found](std::size_t at) {
    return std::ranges::find(found, at, &Capability::at) != found.end();
  };
  constexpr std::size_t least = 4;
  for (std::size_t at = config[0x34]; at >= header_size && at <= config_size - least && !is_known(at);
       at = config[at + 1])
    found.push_back({at, config[at], false});
  return found;
}

/// The list behind them, of at most as many as there is room for.
void add_extended(ByteView config, std::vector<Capability>& found) {
  constexpr std::size_t least = 8;
  std::size_t left = (express_config_size - config_size) / least;
  std::size_t at = config_size;
  while (at >= config_size && at <= express_config_size - least && left-- > 0) {
    const std::uint16_t id = word(config, at);
    const std::uint16_t next = word(config, at + 2);
    if (id == 0 && next == 0) return;
    found.push_back({at, id, true});
    at = next >> 4U;
  }
}

enum Which : std::size_t {
  between,
  unknown,
  power,
  slot,
  msi,
  vendor,
  virtio,
  hotplug,
  subsystem,
  express1,
  express2,
  msix,
  sata,
  extended,
  errors,
  serial,
  access,
  routing,
  functions
};

struct Known {
  std::uint16_t id;
  Which which;
};
constexpr std::array plain{
    Known{0x01, power},          Known{0x04, slot},    Known{0x05, msi},
    Known{0x09, vendor},         Known{0x0c, hotplug}, Known{0x0d, subsystem},
    Known{express_id, express2}, Known{msix_id, msix}, Known{0x12, sata},
};
constexpr std::array beyond{
    Known{0x01, errors},  Known{0x03, serial},    Known{0x0d, access},
    Known{0x0e, routing}, Known{0x10, functions},
};

std::size_t which(ByteView config, const Capability& capability) {
  const std::span<const Known> all = capability.extended ? std::span<const Known>(beyond) : plain;
  const auto known = std::ranges::find(all, capability.id, &Known::id);
  if (known == all.end()) return capability.extended ? extended : unknown;
  constexpr std::uint16_t red_hat = 0x1af4;
  if (known->which == vendor && word(config, 0) == red_hat) return virtio;
  if (known->which == express2 && (config[capability.at + 2] & 0x0fU) == 1) return express1;
  return known->which;
}

std::size_t msi_size(std::uint16_t control) {
  const std::size_t address = (control & 0x80U) != 0 ? 14 : 10;
  return (control & 0x100U) != 0 ? address + 10 : address;
}

std::size_t size_of(ByteView config, const Capability& capability, std::size_t which) {
  const std::size_t at = capability.at;
  if (which == msi) return msi_size(word(config, at + 2));
  constexpr std::size_t vendor_header = 3;
  constexpr std::size_t virtio_header = 16;
  if (which == vendor || which == virtio)
    return std::max<std::size_t>(config[at + 2], which == vendor ? vendor_header : virtio_header);
  return static_cast<std::size_t>(fixed_size(capabilities[which]).value_or(0));
}

/// What has no room before the next one is known by its first bytes alone.
std::vector<Piece> split_bytes(ByteView config, std::size_t begin) {
  std::vector<Capability> found = capabilities_of(config);
  if (config.size() == express_config_size) add_extended(config, found);
  std::ranges::sort(found, {}, &Capability::at);
  const auto at_one_place = [](const Capability& a, const Capability& b) { return a.at == b.at; };
  // NOLINTNEXTLINE(modernize-use-ranges): clang++ 14 can't compile that of libstdc++ 12
  found.erase(std::unique(found.begin(), found.end(), at_one_place), found.end());
  std::vector<Piece> pieces;
  std::size_t at = begin;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i].at < at) continue;
    const std::size_t next = i + 1 < found.size() ? found[i + 1].at : config.size();
    std::size_t kind = which(config, found[i]);
    std::size_t size = size_of(config, found[i], kind);
    if (size > next - found[i].at) {
      kind = found[i].extended ? extended : unknown;
      size = found[i].extended ? 4 : 2;
    }
    if (size > next - found[i].at) continue;
    if (found[i].at > at) pieces.push_back({between, found[i].at - at});
    pieces.push_back({kind, size});
    at = found[i].at + size;
  }
  if (at < config.size()) pieces.push_back({between, config.size() - at});
  return pieces;
}

void begin_msix(std::uint64_t size, Slots& values) {
  // For n entries there are 16 bytes each and a bit each, in whole bytes.
  values[0] = size * 8 / (16 * 8 + 1);
}

}  // namespace

std::uint64_t msix_entries(ByteView config) {
  for (const Capability& each : capabilities_of(config))
    if (each.id == msix_id) return (word(config, each.at + 2) & 0x7ffU) + 1U;
  return 0;
}

std::vector<Piece> split_config(ByteView config, std::size_t at) { return split_bytes(config, at); }

std::vector<Piece> split_by_express(ByteView config, std::size_t at) {
  const auto list = capabilities_of(config);
  const bool is_express = std::ranges::find(list, express_id, &Capability::id) != list.end();
  const std::size_t size = is_express ? express_config_size : config_size;
  // With fewer bytes there is nothing of that size: the reader finds that out.
  if (config.size() < size) return {{between, size}};
  return split_bytes(config.first(size), at);
}

}  // namespace pci

namespace {

constexpr std::array types{
    LaidOutType{"pci config", structure("config", pci::config)},
    LaidOutType{"pci irq state", structure("irq_state", pci::irq_state)},
    LaidOutType{"msix state", structure("msix_state", pci::msix_table<0>), pci::begin_msix, 1U << 0U},
};
static_assert(are_sound(types));

}  // namespace

std::span<const LaidOutType> pci_layouts() { return types; }

}  // namespace qember::device
