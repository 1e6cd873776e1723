// SPDX-License-Identifier: LGPL-2.1-or-later
/// A migration stream in either form, from a file or a pipe, as events.
#pragma once

#include <qember/io/byte_source.hpp>

#include <qember/event/reordering.hpp>
#include <qember/qber/reader.hpp>
#include <qember/qevm/reader.hpp>

#include <functional>

namespace qember::vm {

enum class Format : std::uint8_t { native, ber };

struct StreamOptions {
  Limits limits{};
  /// The target's page size in bytes, for native streams that do not name theirs.
  std::optional<std::uint64_t> page_size = {};
  /// Called before the input is waited for: what is complete can be passed on.
  std::function<Status()> before_wait;
  /// Where native device state waits for its description; else events come as they are in the stream.
  bool arrange = true;
  /// Reads a large file ahead, in a thread. Not for one of which only the begin is wanted.
  bool read_ahead = true;
};

/// Reads from its first byte on, and waits for input by itself: no call answers `Errc::need_more`. Where the
/// system can't read, the error is `Errc::io`.
class OpenedStream final : public event::Source {
 public:
  /// Opens a file, `-` for standard input, and tells the form by the magic; `Errc::unknown_magic` where it is
  /// neither.
  static Result<std::unique_ptr<OpenedStream>> open(const std::string& path, StreamOptions options);
  /// The same of a source, which outlives the stream. One that is seekable may be opened any number of times.
  static Result<std::unique_ptr<OpenedStream>> open(io::ByteSource& source, StreamOptions options);
  ~OpenedStream() override;

  Format format() const noexcept { return ber_ ? Format::ber : Format::native; }
  const io::Input& input() const noexcept { return input_; }
  /// What is read from, for another pass where it is seekable.
  io::ByteSource& bytes() const noexcept { return source_; }

  Result<event::Event> next() override;
  std::size_t next_pages(std::span<event::RamPage> room) override { return events_->next_pages(room); }
  bool in_sync() const override { return events_->in_sync(); }
  std::uint64_t offset() const override { return events_->offset(); }
  std::string path() const override { return events_->path(); }
  const event::Session& session() const override { return events_->session(); }
  std::optional<event::DeviceForm> device_form() const override { return events_->device_form(); }

 private:
  OpenedStream(io::ByteSource& source, StreamOptions options);
  Status wait();
  Status sniff();

  std::unique_ptr<io::ByteSource> owned_;  ///< what was opened by its path
  io::ByteSource& source_;
  std::unique_ptr<io::ByteSource> read_ahead_;  ///< of a large file
  StreamOptions options_;
  io::Input input_;
  std::optional<qevm::Reader> native_;
  std::optional<event::ReorderingBuffer> reordered_;
  std::optional<qber::Reader> ber_;
  event::Source* events_ = nullptr;
};

}  // namespace qember::vm
