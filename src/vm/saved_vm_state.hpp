// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a saved VM, its copies and their memory share.
#pragma once

#include <qember/advanced/container/open.hpp>
#include <qember/advanced/event/section_collector.hpp>
#include <qember/advanced/vm/opened_stream.hpp>
#include <qember/advanced/vm/ram_layout.hpp>
#include <qember/advanced/vm/saved_vm.hpp>

#include "../io/spooling_source.hpp"
#include "page_index.hpp"

namespace qember::vm {

struct SavedVmState {
  explicit SavedVmState(const SavedVmOptions& with);

  /// Opens what holds the stream, and reads its begin, up to the list of its blocks. `from` outlives this.
  Status open(io::ByteSource& from);
  /// Makes sure of `devices`, from the end of the stream where that can be.
  Status load_devices();
  /// The same from the end alone: whether it can be.
  bool load_devices_from_end();
  /// A sink for the events of a stream.
  using Watch = std::function<event::Sink&(const event::Context& context)>;
  /// Makes sure of `devices` and `index`; where the stream is read for them, `watch` gets its events.
  Status load(const Watch& watch = {});
  /// How the stream is read from `source`.
  StreamOptions read_options() const;
  StreamOptions options_of_file() const;
  /// Opens the stream, of which all is read or the begin alone.
  Result<std::unique_ptr<OpenedStream>> open_stream(bool is_all_read);

  std::unique_ptr<io::ByteSource> owned;
  container::Contents contents;
  std::unique_ptr<container::Opened> opened;
  std::unique_ptr<io::ByteSource> merged;      ///< of a multifd set
  std::optional<io::SpoolingSource> spooled;   ///< of a pipe, or of `merged`
  std::optional<io::SpoolingSource> unpacked;  ///< of what was decompressed
  /// Seekable, with the stream at the offsets that its events have.
  io::ByteSource* source = nullptr;
  SavedVmOptions options;
  Format format = Format::native;
  std::string machine;
  event::Session session;  ///< as far as the stream was read
  std::shared_ptr<device::FieldRoom> room;
  std::optional<std::vector<device::SavedDevice>> devices;
  bool from_end = false;  ///< `devices` are
  std::unique_ptr<PageIndex> index;
  std::optional<MemoryDevices> memory_devices;
  std::optional<RamLayout> layout;
  std::optional<Error> failed;  ///< why the stream could not be read

  // The last page that was read.
  std::optional<std::pair<std::uint32_t, std::uint64_t>> page_at;
  Bytes page;

 private:
  Status open_container(io::ByteSource& from);
  Status open_set(io::ByteSource& main);
  Status read_begin();
  Status read_all(const Watch& watch);
  Status try_end();
  Status read_end();
  std::shared_ptr<const Error> obstacle_of(event::CollectedSection& section);
  device::SavedDevice saved(event::CollectedSection&& section);

  std::shared_ptr<const Error> beyond_held_;  ///< of the devices there was no more room for
  bool begins_with_ram_ = false;              ///< no device comes before the list of blocks
};

}  // namespace qember::vm
