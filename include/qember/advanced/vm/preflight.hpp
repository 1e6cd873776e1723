// SPDX-License-Identifier: LGPL-2.1-or-later
/// Would a machine take a saved stream? Told from a stream that such a machine saved when it had been started
/// with its own command line and `-S`.
#pragma once

#include <qember/advanced/vm/machine_state.hpp>
#include <qember/advanced/vm/remedies.hpp>
#include <qember/advanced/vm/virtio_status.hpp>

#include <compare>
#include <functional>

namespace qember::vm {

class SavedVm;

/// How certain it is that a machine refuses the stream.
enum class Certainty : std::uint8_t {
  certain,  ///< the machine refuses the stream for it
  likely,   ///< it does, unless what neither stream tells is otherwise than is usual
  warning,  ///< it takes the stream, and the guest may notice
  untold,   ///< the streams do not tell
};

/// `certain`, `likely`, `warning`, `untold`
std::string_view name_of(Certainty certainty) noexcept;

/// What stands in the way.
struct Obstacle {
  Certainty certainty = Certainty::certain;  ///< whether the machine refuses the stream for it
  std::string where;  ///< the element, such as `RAM block pc.rom` or `serial/0`, and a field of it
  std::string what;   ///< what is here, in the stream, and there, in the machine
  std::string qemu;   ///< what QEMU says, up to 10.0 or of the version asked for; empty where it says nothing
  std::string qemu_11;  ///< what it says from 11 on, where that is another text and no version settles it
  std::string advice;   ///< what of the machine lets the stream in, where that is known
  std::uint64_t offset = 0;  ///< of the element in the stream, where it is one
  /// Which edits of the stream mend it, all of them together; none where no edit is known. As
  /// `find_remedies` gives them, for as long as the obstacle is valid.
  std::span<const Remedy> edits = {};
};

/// Takes an obstacle, which is valid during the call.
using TakeObstacle = std::function<void(const Obstacle& obstacle)>;

/// A release of QEMU, such as 10.2.
struct QemuVersion {
  unsigned major = 0;  ///< such as 10
  unsigned minor = 0;  ///< such as 2

  /// By major version, then minor.
  auto operator<=>(const QemuVersion&) const = default;
};

/// Reads `10`, `10.2` or `10.2.1`; nothing where the text is none of these.
std::optional<QemuVersion> parse_qemu_version(std::string_view text) noexcept;

/// What is known of the target beyond its stream.
struct PreflightOptions {
  /// The version of the QEMU that is to take the stream: decides the words of messages, and what only some
  /// versions know. Of those between 10.0 and 11 it is not known which words they use.
  std::optional<QemuVersion> target_qemu = {};
  /// What its virtio devices offer. They are told apart by their kind alone: of several of one kind it counts
  /// what all of them offer, or none does.
  std::vector<VirtioStatus> virtio = {};
};

/// Of what certainties something was found.
struct Verdict {
  bool certain = false;  ///< `Certainty::certain`
  bool likely = false;   ///< `Certainty::likely`
  bool untold = false;   ///< `Certainty::untold`
};

/// Gives to `take` everything that would make a machine like the one that saved `there` refuse `here`, or
/// that cannot be told, in the order in which it would be met. Rules and messages are those of QEMU's
/// migration/savevm.c, migration/vmstate.c, migration/ram.c, hw/pci/pci.c and hw/virtio. Takes time for the
/// sizes of both streams' device state.
Verdict preflight(const MachineState& here, const MachineState& there, const PreflightOptions& options,
                  const TakeObstacle& take);

/// The same of two saved VMs, each of which is read once. The path of an error begins with `here` or `there`.
Result<Verdict> preflight(const SavedVm& here, const SavedVm& there, const TakeObstacle& take,
                          const PreflightOptions& options = {});

}  // namespace qember::vm
