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

std::uint32_t load_le32(ByteView bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8U | bytes[at + i];
  return value;
}

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

/// Calls `each(at)` for the capabilities in the first 256 bytes, until it returns false.
template <class Each>
void each_capability(ByteView config, const Each& each) {
  constexpr std::size_t first = 0x40;
  if ((config[0x06] & 0x10U) == 0) return;
  std::size_t most = (config_size - first) / 4;
  for (std::size_t at = config[0x34] & 0xfcU; at >= first && most-- > 0; at = config[at + 1] & 0xfcU)
    if (!each(at)) return;
}

std::optional<std::size_t> find_capability(ByteView config, std::uint8_t id) {
  std::optional<std::size_t> found;
  each_capability(config, [&](std::size_t at) {
    if (config[at] == id) found = at;
    return !found;
  });
  return found;
}

/// Of an extended capability, behind its header (PCI Express Base Specification, 7.9): what is fixed by the
/// device.
constexpr std::array extended{
    Fixed{0x0e, 4, 2},     // alternative routing: the next function
    Fixed{0x10, 4, 4},     // virtual functions: what they can do
    Fixed{0x10, 0x0c, 4},  // how many there are
    Fixed{0x10, 0x14, 4},  // where they are
    Fixed{0x10, 0x1a, 2},  // their device id
};
constexpr std::size_t first_extended = 0x100;

/// Advanced error reporting: which errors are masked. No guest writes it up to QEMU 7.2 and its machine
/// types, whose devices have 0 there; later ones begin with another value (hw/pci/pcie_aer.c).
constexpr std::uint16_t error_reporting = 0x01;
constexpr std::size_t error_mask_at = 8;

/// Calls `each(at)` for the extended capabilities.
template <class Each>
void each_extended(ByteView config, const Each& each) {
  std::size_t most = (express_size - first_extended) / 4;
  for (std::size_t at = first_extended; at >= first_extended && at + 4 <= config.size() && most-- > 0;) {
    const std::uint32_t header = load_le32(config, at);
    if (header == 0) return;
    each(at);
    at = header >> 20U & 0xffcU;
  }
}

/// Those of the extended capabilities of the machine's own configuration space.
void compare_extended(Mask& mask, ByteView config) {
  each_extended(config, [&](std::size_t at) {
    compare(mask, at, 4);
    const std::uint32_t id = load_le32(config, at) & 0xffffU;
    for (const Fixed& fixed : extended)
      if (fixed.id == id) compare(mask, at + fixed.at, fixed.count, fixed.bits);
    const std::size_t error_mask = at + error_mask_at;
    if (id == error_reporting && error_mask + 4 <= config.size() && load_le32(config, error_mask) == 0)
      compare(mask, error_mask, 4);
  });
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
  each_capability(config, [&](std::size_t at) {
    compare_capability(mask, config, at);
    return true;
  });
  if (config.size() == express_size) compare_extended(mask, config);
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

/// A configuration space, and where it is in the body of its section, which it is a view of.
struct Config {
  std::size_t at = 0;
  ByteView bytes;
};

/// Of a virtio device on PCI, whose state is one field: be32 version 2, then the configuration space, of 4096
/// bytes where it has the Express capability (hw/virtio/virtio-pci.c).
std::optional<Config> virtio_config(const StateSection& section) {
  constexpr std::size_t version_size = 4;
  const ByteView body = section.body;
  const auto& fields = section.device->state.fields;
  const bool is_pci = section.name.find(':') != std::string::npos || section.name.starts_with("pci");
  if (fields.empty() || fields[0].type != "virtio" || !is_pci || body.size() < version_size + config_size ||
      load_be<std::uint32_t>(body.data()) != 2)
    return std::nullopt;
  constexpr std::uint8_t express = 0x10;
  const bool is_express = find_capability(body.subspan(version_size, config_size), express) &&
                          body.size() >= version_size + express_size;
  return Config{version_size, body.subspan(version_size, is_express ? express_size : config_size)};
}

std::optional<Config> config_of(const StateSection& section) {
  if (auto config = virtio_config(section)) return config;
  Finder finder;
  // The caller knows that it fits.
  static_cast<void>(finder.read(*section.device, section.body).ok());
  const bool is_config = finder.size == config_size || finder.size == express_size;
  if (!finder.at || !is_config || section.body.size() - *finder.at < finder.size) return std::nullopt;
  return Config{*finder.at, ByteView(section.body).subspan(*finder.at, finder.size)};
}

/// The capability of the machine's that a byte is in, as `capability 0x10+0x5`.
std::string capability_at(ByteView config, std::size_t at) {
  std::size_t start = 0;
  const auto note = [&](std::size_t each) {
    if (each <= at && each > start) start = each;
    return true;
  };
  const bool is_extended = at >= first_extended;
  if (is_extended)
    each_extended(config, note);
  else
    each_capability(config, note);
  if (start == 0) return "a capability";
  const std::uint32_t id = is_extended ? load_le32(config, start) & 0xffffU : config[start];
  return fmt::format("{}capability {:#x}+{:#x}", is_extended ? "extended " : "", id, at - start);
}

std::string meaning(ByteView config, std::size_t at) {
  if (at < 2) return "vendor id";
  if (at < 4) return "device id";
  if (at < 8) return "capabilities";
  if (at == 8) return "revision";
  if (at < 0xc) return "class";
  if (at == 0xe) return "kind of header";
  if (at >= 0x10 && at < 0x28) return "kind of a BAR";
  return at == 0x34 ? "place of the first capability" : capability_at(config, at);
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
struct RomBar {
  std::uint32_t value = 0;
  std::uint32_t beyond = 0;  ///< bits of its address that one of that size cannot have
};

constexpr std::size_t rom_bar = 0x30;
constexpr std::uint32_t rom_address = 0xfffff800;

/// That of a device that has a ROM there.
std::optional<RomBar> rom_bar_of(const SectionPair& pair, ByteView here, const RomSizes& roms) {
  const std::string_view device = std::string_view(pair.here.name).substr(0, pair.here.name.find('/'));
  const auto rom = roms.find(device);
  if (rom == roms.end() || is_bridge(here)) return std::nullopt;
  const std::uint32_t value = load_le32(here, rom_bar);
  return RomBar{value, value & static_cast<std::uint32_t>(rom->second - 1) & rom_address};
}

void check_rom(const SectionPair& pair, ByteView here, const RomSizes& roms, const Findings& findings) {
  const auto rom = rom_bar_of(pair, here, roms);
  if (rom && rom->beyond != 0)
    findings.add(Certainty::certain, pair.name() + ":pci config",
                 fmt::format("the ROM is at {:#x} here, where one of the target's size cannot be",
                             rom->value & rom_address),
                 {"get_pci_config_device: Bad config data: i=0x30"},
                 "start the target with the same ROM (romfile=)");
}

/// Whether the guest gets interrupts as messages by a capability that the machine has elsewhere, or not.
bool moves_interrupts(ByteView here, ByteView there) {
  constexpr std::uint8_t msi = 0x05;
  constexpr std::uint8_t msix = 0x11;
  bool moves = false;
  each_capability(here, [&](std::size_t at) {
    const std::uint8_t id = here[at];
    const bool is_on = (id == msi && (here[at + 2] & 1U) != 0) || (id == msix && (here[at + 3] & 0x80U) != 0);
    const bool is_alike = find_capability(there, id) == at && (id != msix || there[at + 2] == here[at + 2]);
    moves |= is_on && !is_alike;
    return true;
  });
  return moves;
}

unsigned vectors_of(ByteView config) {
  const auto at = find_capability(config, 0x11);
  return at ? (config[*at + 2] | (config[*at + 3] & 7U) << 8U) + 1U : 0;
}

/// Whether a byte at that place is what a driver knows the device by.
bool is_identity(std::size_t at) { return at < 4 || (at >= 8 && at < 0xc) || at == 0xe; }

/// Whether it only says what an Express device or its power management can do beyond what drivers need.
bool is_detail(ByteView config, std::size_t at) {
  bool is_found = false;
  each_capability(config, [&](std::size_t begin) {
    constexpr std::size_t express = 0x3c;
    constexpr std::size_t power = 8;
    const std::size_t size = config[begin] == 0x10 ? express : config[begin] == 0x01 ? power : 0;
    is_found |= at >= begin + 2 && at < begin + size;
    return true;
  });
  return is_found;
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
  const auto my_config = config_of(pair.here);
  const auto its_config = config_of(pair.there);
  if (!my_config || !its_config) return;
  const ByteView mine = my_config->bytes;
  const ByteView its = its_config->bytes;
  const Difference certain = difference(mine, its, mask_of(its));
  const Difference doubtful = difference(mine, its, doubtful_of(its));
  if (certain.count == 0 && doubtful.count == 0) return check_rom(pair, mine, roms, findings);
  const auto& [count, first] = certain.count > 0 ? certain : doubtful;
  const std::string place = meaning(its, first);
  findings.add(
      certain.count > 0 ? Certainty::certain : Certainty::likely,
      fmt::format("{}:pci config+{:#x}", pair.name(), first),
      fmt::format("{:#04x} here, {:#04x} there ({}){}", mine[first], its[first], place,
                  count > 1 ? fmt::format(", and {} more bytes that no guest can write", count - 1) : ""),
      {fmt::format("get_pci_config_device: Bad config data: i={:#x} read: {:x} device: {:x}", first,
                   mine[first], its[first])},
      type_means(pair, place, findings,
                 "start the target with the same machine type and properties of the device (vectors=, "
                 "disable-modern=)"));
}

ConfigChange config_change(const SectionPair& pair, const RomSizes& roms) {
  const auto mine = config_of(pair.here);
  const auto its = config_of(pair.there);
  ConfigChange change;
  if (!mine || !its || mine->bytes.size() != its->bytes.size()) return change;
  const ByteView here = mine->bytes;
  const ByteView there = its->bytes;
  // What the machine may compare becomes its own, too.
  Mask mask = mask_of(there);
  const Mask doubtful = doubtful_of(there);
  for (std::size_t at = 0; at < mask.size(); ++at) mask[at] |= doubtful[at];
  const auto note = [&](std::size_t at, std::uint8_t value) {
    if (value == here[at]) return;
    const std::size_t in_body = mine->at + at;
    if (change.runs.empty() || change.runs.back().at + change.runs.back().bytes.size() != in_body)
      change.runs.push_back({in_body, {}});
    change.runs.back().bytes.push_back(value);
    change.has_identity |= is_identity(at);
    change.has_more |= !is_detail(there, at);
  };
  const auto rom = rom_bar_of(pair, here, roms);
  for (std::size_t at = 0; at < here.size(); ++at) {
    if (rom && at >= rom_bar && at < rom_bar + 4) {
      const std::uint32_t value = rom->value & ~rom->beyond;
      note(at, static_cast<std::uint8_t>(value >> 8 * (at - rom_bar)));
    } else {
      note(at, static_cast<std::uint8_t>((here[at] & ~mask[at]) | (there[at] & mask[at])));
    }
  }
  change.moves_interrupts = moves_interrupts(here, there);
  change.is_virtio = virtio_config(pair.here).has_value();
  change.vectors_here = vectors_of(here);
  change.vectors_there = vectors_of(there);
  return change;
}

}  // namespace qember::vm
