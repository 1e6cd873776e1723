// SPDX-License-Identifier: LGPL-2.1-or-later
/// What the parts of preflight share: where they put what they find.
#pragma once

#include <qember/advanced/vm/preflight.hpp>

#include <fmt/format.h>

#include <unordered_map>

namespace qember::vm {

/// Two texts of QEMU for one thing, up to its version 10.0 and from 11 on.
struct Message {
  std::string up_to_10;
  std::string from_11 = {};  ///< where it is another
};

/// Edits by what they mend.
class Mends {
 public:
  Mends(const MachineState& here, const MachineState& there);

  /// `where` is that of an obstacle.
  std::span<const Remedy> of(std::string_view where) const;

 private:
  std::vector<Remedy> all_;
  std::unordered_map<std::string_view, std::span<const Remedy>> by_place_;
};

class Findings {
 public:
  /// All arguments outlive it.
  Findings(const PreflightOptions& options, const TakeObstacle& take, const MachineState& here,
           const MachineState& there)
      : options_(options), take_(take), here_(here), there_(there), mends_(here, there) {}

  /// The names of both machine types.
  std::string_view here() const noexcept { return here_.machine(); }
  std::string_view there() const noexcept { return there_.machine(); }

  const PreflightOptions& options() const noexcept { return options_; }
  /// Where what follows is in the stream.
  void at(std::uint64_t offset) noexcept { offset_ = offset; }
  void add(Certainty certainty, std::string where, std::string what, Message message = {},
           std::string advice = {}) const {
    const auto& target = options_.target_qemu;
    if (target >= QemuVersion{11, 0} && !message.from_11.empty()) message.up_to_10 = message.from_11;
    if (target && (*target <= QemuVersion{10, 0} || *target >= QemuVersion{11, 0})) message.from_11.clear();
    const auto edits = certainty == Certainty::warning ? std::span<const Remedy>() : mends_.of(where);
    take_({certainty, std::move(where), std::move(what), std::move(message.up_to_10),
           std::move(message.from_11), std::move(advice), offset_, edits});
  }

 private:
  const PreflightOptions& options_;
  const TakeObstacle& take_;
  const MachineState& here_;
  const MachineState& there_;
  Mends mends_;
  std::uint64_t offset_ = 0;
};

/// One section in the stream, and the one that the machine has for it.
struct SectionPair {
  const StateSection& here;
  const StateSection& there;

  std::string name() const { return fmt::format("{}/{}", here.name, here.instance); }
  /// Both are described, and their bodies are at hand.
  bool is_described() const noexcept { return here.device && there.device; }
};

/// What of the target makes a difference at that place of a device go away, if it is one between machine
/// types of one family; else `otherwise`.
std::string type_means(const SectionPair& pair, std::string_view place, const Findings& findings,
                       std::string_view otherwise);

/// Features, each a bit, that the target's devices of a kind offer.
struct Offer {
  std::uint64_t always = 0;  ///< each of those that were asked
  std::uint64_t ever = 0;    ///< one of them at least
  bool is_of_all = false;    ///< there are no more of them than were asked
  bool is_sure = true;       ///< all names of features are known
};

/// What was said of the target's virtio devices. Both arguments outlive it.
class Offers {
 public:
  Offers(const std::vector<VirtioStatus>& statuses, const MachineState& there);

  /// `features` is the field that has the lower half of what a driver took. Nothing where none was asked.
  std::optional<Offer> of(const StateSection& section, const device::Field& features);

 private:
  std::map<std::string_view, std::vector<const VirtioStatus*>> statuses_;  ///< by their device
  std::map<std::string_view, std::size_t> devices_;                        ///< of a kind, how many there are
  std::map<std::string_view, Offer> known_;                                ///< by the kind
};

/// The kind of a device, by the last part of its section's name: `virtio-net`.
std::string_view kind_of(const StateSection& section);

/// Bytes of the ROM of each device of a machine, by the device's address such as `0000:00:03.0`.
using RomSizes = std::map<std::string, std::uint64_t, std::less<>>;
RomSizes rom_sizes(const MachineState& machine);

// The parts, each for what both have. `check_layout` returns whether the machine reads the section to its
// end.
void check_head(const MachineState& here, const MachineState& there, Findings& findings);
void check_blocks(const MachineState& here, const MachineState& there, Findings& findings);
bool check_layout(const SectionPair& pair, const Findings& findings);
void check_values(const SectionPair& pair, const Findings& findings);
void check_pci(const SectionPair& pair, const RomSizes& roms, const Findings& findings);
/// What makes the bytes that the machine compares with its own the same.
struct ConfigChange {
  struct Run {
    std::size_t at = 0;  ///< bytes of the section's body before it
    Bytes bytes;
  };
  std::vector<Run> runs;          ///< the bytes that change
  bool has_identity = false;      ///< some say what device it is
  bool has_more = false;          ///< some are not a detail of Express or of power management
  bool moves_interrupts = false;  ///< the guest has turned on a capability that the machine has elsewhere
  bool is_virtio = false;
  unsigned vectors_here = 0;  ///< of MSI-X
  unsigned vectors_there = 0;
};
ConfigChange config_change(const SectionPair& pair, const RomSizes& roms);
void check_virtio(const SectionPair& pair, Offers& offers, const Findings& findings);
/// What of a virtio device an edit mends.
struct VirtioChange {
  /// Features, each a bit, that the driver has taken and the machine does not offer, as far as its stream
  /// tells.
  std::uint64_t not_offered = 0;
  /// The device has a request in flight that its own QEMU does not read back.
  bool has_unreadable_request = false;
};
VirtioChange virtio_change(const SectionPair& pair);
void check_registers(const SectionPair& pair, const Findings& findings);

/// The registers of an Arm CPU in the machine's own list.
struct RegisterMerge {
  bool is_needed = false;     ///< the machine refuses what is here
  bool is_other_cpu = false;  ///< one that the guest would notice: it lacks features, or has other caches
  std::size_t count_here = 0;
  std::vector<std::uint64_t> indexes;  ///< the machine's
  std::vector<std::uint64_t> values;   ///< those of the stream where it has them and they are no constants
};
RegisterMerge merge_registers(const SectionPair& pair);

}  // namespace qember::vm
