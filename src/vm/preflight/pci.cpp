// SPDX-License-Identifier: LGPL-2.1-or-later
// PCI configuration space: bytes that no guest can write must be the machine's own (hw/pci/pci.c, the PCI
// Local Bus Specification 3.0, chapter 6, and the PCI Express Base Specification, chapter 7). All its
// integers have their least significant byte first.
#include "findings.hpp"

#include <qember/advanced/device/named_state.hpp>

#include <algorithm>
#include <array>
#include <bit>

namespace qember::vm {
namespace {

using device::Field;

constexpr std::size_t config_size = 256;
constexpr std::size_t express_size = 4096;

/// Bits of each byte that the machine compares.
using Mask = std::array<std::uint8_t, express_size>;

void compare(Mask& mask, std::size_t at, std::size_t count, std::uint8_t bits = 0xff) {
  for (; count > 0 && at < mask.size(); --count, ++at) mask[at] = bits;
}

/// Bytes of a capability that are compared, from its first one on.
struct Fixed {
  std::uint8_t id;
  std::uint8_t at;
  std::uint8_t count;
  std::uint8_t bits = 0xff;
};
constexpr std::array capabilities{
    Fixed{0x01, 0, 4},        // power management: what it can do
    Fixed{0x04, 0, 3},        // slot identification
    Fixed{0x05, 0, 2},        // message signalled interrupts: not the enable bits and what is behind them
    Fixed{0x05, 2, 1, 0x8e},  // how many messages, 64 bits
    Fixed{0x05, 3, 1, 0x01},  // a mask for each vector
    Fixed{0x0c, 0, 2},        // hot-plug controller
    Fixed{0x0d, 0, 8},        // ids of a bridge
    Fixed{0x10, 0, 8},        // Express: capabilities of the device
    Fixed{0x10, 0x0c, 4},     // of its link
    Fixed{0x10, 0x14, 4},     // of its slot
    Fixed{0x10, 0x24, 4},     // of the device, 2
    Fixed{0x10, 0x2c, 4},     // of its link, 2
    Fixed{0x11, 0, 3},        // MSI-X: how many vectors
    Fixed{0x11, 3, 1, 0x3f}, Fixed{0x11, 4, 8},  // where they are
    Fixed{0x12, 0, 8},                           // SATA
};
constexpr std::uint8_t vendor_specific = 0x09;
constexpr std::uint8_t virtio_config_access = 5;

/// Those of a capability at `at` in the machine's own configuration space.
void compare_capability(Mask& mask, ByteView config, std::size_t at) {
  const std::uint8_t id = config[at];
  compare(mask, at, 2);
  for (const Fixed& fixed : capabilities)
    if (fixed.id == id) compare(mask, at + fixed.at, fixed.count, fixed.bits);
  if (id != vendor_specific) return;
  // A virtio device's window into its own registers is written to.
  const std::size_t size = config[at + 3] == virtio_config_access ? 4 : config[at + 2];
  compare(mask, at, std::min(size, config_size - at));
}

bool is_bridge(ByteView config) { return (config[0x0e] & 0x7fU) == 1; }

/// Bytes of BARs of which the machine's stream does not tell whether there is one: all of them are zero.
Mask doubtful_of(ByteView config) {
  Mask mask{};
  for (std::size_t bar = 0x10; bar < (is_bridge(config) ? 0x18U : 0x28U); bar += 4) {
    const unsigned kind = config[bar];
    if (kind == 0) compare(mask, bar, 1, 0x0f);
    if ((kind & 7U) == 4) bar += 4;
  }
  return mask;
}

Mask mask_of(ByteView config) {
  Mask mask{};
  compare(mask, 0x00, 4);        // vendor and device
  compare(mask, 0x06, 1, 0x10);  // whether there are capabilities
  compare(mask, 0x08, 4);        // revision and class
  compare(mask, 0x0e, 1);        // kind of header
  compare(mask, 0x34, 1);        // the first capability
  for (std::size_t bar = 0x10; bar < (is_bridge(config) ? 0x18U : 0x28U); bar += 4) {
    const unsigned kind = config[bar];
    if (kind != 0) compare(mask, bar, 1, (kind & 1U) != 0 ? 0x03 : 0x0f);
    if ((kind & 7U) == 4) bar += 4;  // the upper half of an address of 64 bits
  }
  if ((config[0x06] & 0x10U) == 0) return mask;
  std::size_t most = (config_size - 0x40) / 4;
  for (std::size_t at = config[0x34] & 0xfcU; at >= 0x40 && most-- > 0; at = config[at + 1] & 0xfcU)
    compare_capability(mask, config, at);
  return mask;
}

/// The configuration space in a section, which begins with it, or with a structure that holds it.
class Finder final : public device::NamedStateSink {
 public:
  std::optional<std::size_t> at;  ///< of it, in the body
  std::size_t size = 0;

 private:
  void value(const Field& field, const device::StateValue&) override { note(field); }
  void enter(const device::StateGroup& group) override {
    if (group.field != nullptr) note(*group.field);
  }
  void leave(const device::StateGroup&) override {}
  void note(const Field& field) {
    if (at || field.type != "pci config") return;
    at = NamedStateSink::at();
    size = field.size;
  }
};

/// Of a virtio device on PCI, whose state is one field: be32 version 2, then the configuration space, of 4096
/// bytes where it has the Express capability (hw/virtio/virtio-pci.c).
std::optional<Bytes> virtio_config(const StateSection& section) {
  constexpr std::size_t version_size = 4;
  const ByteView body = section.body;
  const auto& fields = section.device->state.fields;
  const bool is_pci = section.name.find(':') != std::string::npos || section.name.starts_with("pci");
  if (fields.empty() || fields[0].type != "virtio" || !is_pci || body.size() < version_size + config_size ||
      load_be<std::uint32_t>(body.data()) != 2)
    return std::nullopt;
  return Bytes(body.begin() + version_size, body.begin() + version_size + config_size);
}

std::optional<Bytes> config_of(const StateSection& section) {
  if (auto config = virtio_config(section)) return config;
  Finder finder;
  // The caller knows that it fits.
  static_cast<void>(finder.read(*section.device, section.body).ok());
  const bool is_config = finder.size == config_size || finder.size == express_size;
  if (!finder.at || !is_config || section.body.size() - *finder.at < finder.size) return std::nullopt;
  const auto begin = section.body.begin() + static_cast<std::ptrdiff_t>(*finder.at);
  return Bytes(begin, begin + static_cast<std::ptrdiff_t>(finder.size));
}

std::string_view meaning(std::size_t at) {
  if (at < 2) return "vendor id";
  if (at < 4) return "device id";
  if (at < 8) return "capabilities";
  if (at == 8) return "revision";
  if (at < 0xc) return "class";
  if (at == 0xe) return "kind of header";
  if (at >= 0x10 && at < 0x28) return "kind of a BAR";
  return at == 0x34 ? "place of the first capability" : "a capability";
}

struct Difference {
  std::size_t count = 0;  ///< of bytes
  std::size_t first = 0;
};

Difference difference(ByteView here, ByteView there, const Mask& mask) {
  Difference found;
  for (std::size_t at = std::min(here.size(), there.size()); at-- > 0;) {
    if (((here[at] ^ there[at]) & mask[at]) == 0) continue;
    found.first = at;
    ++found.count;
  }
  return found;
}

/// The BAR of a ROM has no bits below the size of its block.
void check_rom(const SectionPair& pair, const Bytes& here, const RomSizes& roms, const Findings& findings) {
  constexpr std::size_t bar = 0x30;
  constexpr std::uint32_t address = 0xfffff800;
  const std::string_view device = std::string_view(pair.here.name).substr(0, pair.here.name.find('/'));
  const auto rom = roms.find(device);
  if (rom == roms.end() || is_bridge(here)) return;
  const std::uint32_t value =
      static_cast<std::uint32_t>(here[bar]) | static_cast<std::uint32_t>(here[bar + 1]) << 8U |
      static_cast<std::uint32_t>(here[bar + 2]) << 16U | static_cast<std::uint32_t>(here[bar + 3]) << 24U;
  if ((value & static_cast<std::uint32_t>(rom->second - 1) & address) != 0)
    findings.add(Certainty::certain, pair.name() + ":pci config",
                 fmt::format("the ROM is at {:#x} here, which one of {:#x} bytes cannot be", value & address,
                             rom->second),
                 {"get_pci_config_device: Bad config data: i=0x30"},
                 "start the target with the same ROM (romfile=)");
}

}  // namespace

RomSizes rom_sizes(const MachineState& machine) {
  RomSizes sizes;
  for (const event::RamBlock& block : machine.blocks)
    if (block.name.ends_with(".rom") && std::has_single_bit(block.length))
      sizes.emplace(block.name.substr(0, block.name.find('/')), block.length);
  return sizes;
}

void check_pci(const SectionPair& pair, const RomSizes& roms, const Findings& findings) {
  const auto mine = config_of(pair.here);
  const auto its = config_of(pair.there);
  if (!mine || !its) return;
  const Difference certain = difference(*mine, *its, mask_of(*its));
  const Difference doubtful = difference(*mine, *its, doubtful_of(*its));
  if (certain.count == 0 && doubtful.count == 0) return check_rom(pair, *mine, roms, findings);
  const auto& [count, first] = certain.count > 0 ? certain : doubtful;
  findings.add(
      certain.count > 0 ? Certainty::certain : Certainty::likely,
      fmt::format("{}:pci config+{:#x}", pair.name(), first),
      fmt::format("{:#04x} here, {:#04x} there ({}){}", (*mine)[first], (*its)[first], meaning(first),
                  count > 1 ? fmt::format(", and {} more bytes that no guest can write", count - 1) : ""),
      {fmt::format("get_pci_config_device: Bad config data: i={:#x} read: {:x} device: {:x}", first,
                   (*mine)[first], (*its)[first])},
      "start the target with the same machine type and properties of the device (vectors=, disable-modern=)");
}

}  // namespace qember::vm
