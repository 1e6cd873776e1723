// SPDX-License-Identifier: LGPL-2.1-or-later
/// A migration stream in either form, from a file or a pipe, bare or in a container, as events.
#pragma once

#include <qember/advanced/container/open.hpp>
#include <qember/advanced/io/byte_source.hpp>

#include <qember/advanced/event/reordering.hpp>
#include <qember/advanced/qber/reader.hpp>
#include <qember/advanced/qevm/reader.hpp>

#include <functional>

namespace qember::vm {

enum class Format : std::uint8_t { native, ber };

class OpenedStream;

struct StreamOptions {
  Limits limits{};
  /// The target's page size in bytes, for native streams that do not name theirs.
  std::optional<std::uint64_t> page_size = {};
  /// Called before the input is waited for: what is complete can be passed on.
  std::function<Status()> before_wait;
  /// Of the schema that streams in BER are by, which outlives the stream; null for the library's own.
  const qber::WireFormat* format = nullptr;
  /// Where native device state waits for its description; else events come as they are in the stream.
  bool reorder = true;
  /// Reads a large file ahead, in a thread. Not for one of which only the begin is wanted.
  bool read_ahead = true;
  /// Pages of a mapped-ram file come without their data, which is not read: see `qevm::ReaderOptions`.
  bool skims_pages = false;

  // Of what holds the stream; see `container::Options`.

  std::optional<std::uint64_t> offset = {};
  std::string snapshot = {};
  bool allow_trailing = false;
  container::Unpack unpack_lzop = {};
  /// Called with what was found on the way to the stream, also where it could not be opened.
  std::function<void(const std::shared_ptr<const container::Contents>&)> on_contents = {};
  /// Called with the stream when it has been opened, for one that is opened and read in a single call.
  std::function<void(const OpenedStream&)> on_opened = {};
};

/// Reads from its first byte on, and waits for input by itself: no call answers `Errc::need_more`. Where the
/// system can't read, the error is `Errc::io`.
class OpenedStream final : public event::Source {
 public:
  /// Opens a file, `-` for standard input, and tells containers and the form by what they begin with;
  /// `Errc::unknown_magic` where that is not known.
  static Result<std::unique_ptr<OpenedStream>> open(const std::string& path, StreamOptions options);
  /// The same of a source, which outlives the stream. One that is seekable may be opened any number of times.
  static Result<std::unique_ptr<OpenedStream>> open(io::ByteSource& source, StreamOptions options);
  ~OpenedStream() override;

  Format format() const noexcept {
    return opened_->kind() == container::Kind::ber ? Format::ber : Format::native;
  }
  const io::Input& input() const noexcept { return input_; }
  /// What is read from, containers and all, for another pass where it is seekable.
  io::ByteSource& bytes() const noexcept { return source_; }
  /// What was found on the way to the stream.
  const container::Contents& contents() const noexcept { return *contents_; }
  /// Whether offsets are those of the file; else they count from the first byte of the stream.
  bool has_file_offsets() const noexcept { return opened_->is_in_file(); }

  Result<event::Event> next() override;
  std::size_t next_pages(std::span<event::RamPage> room) override { return events_->next_pages(room); }
  bool in_sync() const override { return events_->in_sync(); }
  std::uint64_t offset() const override { return events_->offset(); }
  std::string path() const override { return events_->path(); }
  const event::Session& session() const override { return events_->session(); }
  std::optional<event::DeviceForm> device_form() const override { return events_->device_form(); }
  bool is_description_first() const override { return events_->is_description_first(); }

 private:
  OpenedStream(io::ByteSource& source, StreamOptions options,
               std::shared_ptr<const container::Contents> contents,
               std::unique_ptr<container::Opened> opened);
  Status choose_bytes();
  void begin_reader();
  Status wait();
  Result<io::ByteSource*> spool();
  Status check_trailing(const event::Event& event);

  std::unique_ptr<io::ByteSource> owned_;  ///< what was opened by its path
  io::ByteSource& source_;
  std::shared_ptr<const container::Contents> contents_;  ///< of `source_`
  std::unique_ptr<container::Opened> opened_;
  std::unique_ptr<io::ByteSource> spooled_;     ///< what can be read in order alone, in a file
  io::ByteSource* bytes_ = nullptr;             ///< of the stream
  std::unique_ptr<io::ByteSource> read_ahead_;  ///< of them, where they are many
  StreamOptions options_;
  std::uint64_t trailing_ = 0;  ///< bytes behind the stream
  io::Input input_;
  bool is_mapped_ram_ = false;  ///< as far as that is known when it is opened
  std::optional<qevm::Reader> native_;
  std::optional<event::ReorderingBuffer> reordered_;
  std::optional<qber::Reader> ber_;
  event::Source* events_ = nullptr;
};

}  // namespace qember::vm
