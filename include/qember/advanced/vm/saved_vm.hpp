// SPDX-License-Identifier: LGPL-2.1-or-later
/// A saved VM: its devices, and any page of its memory.
#pragma once

#include <qember/advanced/container/channel.hpp>
#include <qember/advanced/container/unpack.hpp>
#include <qember/advanced/core/limits.hpp>
#include <qember/advanced/device/saved_device.hpp>
#include <qember/advanced/event/event.hpp>
#include <qember/advanced/vm/format.hpp>
#include <qember/advanced/vm/layout.hpp>
#include <qember/advanced/vm/memory.hpp>
#include <qember/advanced/vm/placed_ram.hpp>

#include <functional>

namespace qember::qber {
class WireFormat;
}
namespace qember::container {
struct Contents;
}
namespace qember::event {
class Context;
class Sink;
}  // namespace qember::event

namespace qember::vm {

struct StreamOptions;
struct Summary;

/// How a saved VM is opened.
struct SavedVmOptions {
  /// Resource limits; the default is for untrusted input.
  Limits limits{};
  /// The target's page size in bytes, for native streams that do not name theirs.
  std::optional<std::uint64_t> page_size{};
  /// Of the schema that streams in BER are by, which outlives the VM; null for the library's own.
  const qber::WireFormat* wire_format = nullptr;
  /// Where the stream or its container begins in the file, which some writers leave to the user to know.
  std::optional<std::uint64_t> offset{};
  /// The snapshot of a qcow2 image, by name or id; empty where it has one.
  std::string snapshot{};
  /// Bytes other than zeros behind compressed data are passed over.
  bool allow_trailing = false;
  /// Unpacks lzop; without it lzop is not supported.
  container::Unpack unpack_lzop{};
  /// All channels of a multifd migration; see `StreamOptions`. The stream that they make is kept in a file
  /// without a name, and offsets are those of that.
  std::vector<container::ChannelFile> channels{};
  /// The hole below 4 GiB of an x86 board, where machine and size do not tell.
  std::optional<Hole> hole{};
  /// Where blocks are, of which nothing else tells that.
  std::vector<GivenPlace> places{};
  /// Devices of a large native file may be read from its end, see `SavedVm::are_devices_from_end`.
  bool from_end = true;

  /// The same of what a stream is read with.
  static SavedVmOptions of(const StreamOptions& read);
};

/// Opens a stream in either form, from wherever it comes: of a pipe, what was read is kept in a file without
/// a name. Nothing but the begin is read until more is asked for; then the stream is read once, and devices
/// and the index of its pages are kept. Of a large native file devices alone are read from the end.
///
/// A device, a field's value and `Memory` stay valid without the VM. A VM is to be used by one thread at a
/// time, together with its copies, which share all; distinct ones may be used concurrently. A pipe is waited
/// for.
class SavedVm {
 public:
  /// `-` is standard input.
  static Result<SavedVm> open(const std::string& path, const SavedVmOptions& options = {});
  /// Reads from where the descriptor stands; it is not closed, and outlives the VM.
  static Result<SavedVm> open(int descriptor, const SavedVmOptions& options = {});
  /// Reads bytes in memory, which outlive the VM.
  static Result<SavedVm> open(ByteView bytes, const SavedVmOptions& options = {});
  /// A source that outlives the VM.
  static Result<SavedVm> open(io::ByteSource& source, const SavedVmOptions& options = {});

  /// The form of the stream.
  Format format() const noexcept;
  /// The machine's name in the stream, which may be any bytes; empty where it has none.
  std::string_view machine() const noexcept;
  /// The RAM blocks, whose list stands before the pages; valid as long as a copy of this.
  std::span<const event::RamBlock> blocks() const noexcept;

  /// All devices, in the order of the stream.
  Result<std::span<const device::SavedDevice>> devices() const;
  /// The CPUs, in the order of their numbers, which are their instances.
  Result<std::vector<device::SavedDevice>> cpus() const;
  /// The devices that a text means, in the order of the stream: a NAME such as `i8259`, NAME/INSTANCE, or
  /// with `*` for any text and `?` for any byte. A text that is all of a name in the stream means that alone.
  /// See vm/selector.hpp.
  Result<std::vector<device::SavedDevice>> devices(std::string_view text) const;
  /// The one device that such a text means: `i8259/0`, `0000:00:03.0/virtio-net`. `Errc::usage` where it
  /// means none or several; the error names those, or the one that is most like it.
  Result<device::SavedDevice> device(std::string_view text) const;
  /// The device with that name, which is no pattern, and instance; `Errc::usage` as above.
  Result<device::SavedDevice> device(std::string_view name, std::uint32_t instance) const;
  /// Whether devices were read from the end of the file, without the pages before them. They are those of a
  /// description that is the last of the file, which names all of them, one behind the other, up to the end
  /// of RAM: what a file that was written whole has. When the stream is read for its pages that is checked,
  /// and refused as `Errc::description_mismatch` where it is not so.
  bool are_devices_from_end() const noexcept;
  /// Reads the devices from the end of the file where that can be, and nothing else; whether it has.
  bool load_devices_from_end() const;

  /// Reads the stream for its pages now, once, and gives its events on the way to the sink that `watch` makes
  /// for them, which outlives the call. `Errc::usage` where it has been read.
  Status read_with(const std::function<event::Sink&(const event::Context& context)>& watch) const;
  /// The memory of the VM, valid without it.
  Memory memory() const { return Memory(state_); }
  /// What is in the stream, counted; reads it once.
  Result<Summary> summary() const;

  /// The bytes of the stream, for passes of one's own: seekable, and valid as long as a copy of this.
  io::ByteSource& bytes() const noexcept;
  /// How `bytes` are read as a stream.
  StreamOptions stream_options() const;
  /// What holds the stream; valid as long as a copy of this.
  const container::Contents& contents() const noexcept;
  /// Whether bytes are kept in a file without a name, since what it was opened from can't be sought in.
  bool is_spooled() const noexcept;
  /// What it was opened with.
  const SavedVmOptions& options() const noexcept;

 private:
  explicit SavedVm(std::shared_ptr<SavedVmState> state) : state_(std::move(state)) {}
  static Result<SavedVm> open(std::unique_ptr<io::ByteSource> source, const SavedVmOptions& options);

  std::shared_ptr<SavedVmState> state_;
};

}  // namespace qember::vm
