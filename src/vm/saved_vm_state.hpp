// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a saved VM, its copies and their memory share.
#pragma once

#include <qember/event/section_collector.hpp>
#include <qember/io/spooled_source.hpp>
#include <qember/vm/saved_vm.hpp>

namespace qember::vm {

struct SavedVmState {
  SavedVmState(io::ByteSource& from, const SavedVmOptions& with);

  /// Reads the begin of the stream, up to the list of its blocks.
  Status open();
  /// Makes sure of `devices`, from the end of the stream where that can be.
  Status load_devices();
  /// Makes sure of `devices` and `index`.
  Status load();
  /// Opens the stream, of which all is read or the begin alone.
  Result<std::unique_ptr<OpenedStream>> open_stream(bool is_all_read);

  std::unique_ptr<io::ByteSource> owned;
  std::optional<io::SpooledSource> spooled;
  io::ByteSource& source;
  SavedVmOptions options;
  Format format = Format::native;
  std::string machine;
  event::Session session;  ///< as far as the stream was read
  std::shared_ptr<device::FieldRoom> room;
  std::optional<std::vector<device::SavedDevice>> devices;
  bool from_end = false;  ///< `devices` are
  std::unique_ptr<PageIndex> index;
  std::optional<Error> failed;  ///< why the stream could not be read

  // The last page that was read.
  std::optional<std::pair<std::uint32_t, std::uint64_t>> page_at;
  Bytes page;

 private:
  Status read_all();
  Status read_end();
  device::SavedDevice saved(event::CollectedSection&& section) const;

  bool begins_with_ram_ = false;  ///< no device comes before the list of blocks
};

}  // namespace qember::vm
