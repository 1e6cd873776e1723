// SPDX-License-Identifier: LGPL-2.1-or-later
/// A migration stream in either form, from a file or a pipe, as events.
#pragma once

#include <qember/io/files.hpp>
#include <qember/io/read_ahead.hpp>

#include <qember/event/reordering.hpp>
#include <qember/qber/reader.hpp>
#include <qember/qevm/reader.hpp>

#include <functional>

namespace qember::vm {

enum class Format : std::uint8_t { native, ber };

struct StreamOptions {
  Limits limits = Limits::trusted();
  qevm::ReaderOptions reader;
  /// Called before the input is waited for: what is complete can be passed on.
  std::function<Status()> before_wait;
  /// Where native device state waits for its description; else events come as they are in the stream.
  bool arrange = true;
};

class OpenedStream final : public event::Source {
 public:
  /// Opens and tells the form by the magic; `Errc::unknown_magic` where it is neither.
  static Result<std::unique_ptr<OpenedStream>> open(const std::string& path, StreamOptions options);

  Format format() const noexcept { return decoder_ ? Format::ber : Format::native; }
  const io::Input& input() const noexcept { return input_; }

  /// The next event; waits for the input.
  Result<event::Event> next() override;
  /// Never waits.
  std::size_t next_pages(std::span<event::RamPage> room) override { return source_->next_pages(room); }
  bool in_sync() const override { return source_->in_sync(); }
  std::uint64_t offset() const override { return source_->offset(); }
  std::string path() const override { return source_->path(); }
  const event::Session& session() const override { return source_->session(); }
  std::optional<event::DeviceForm> device_form() const override { return source_->device_form(); }

 private:
  OpenedStream(io::Descriptor descriptor, StreamOptions options);
  Status wait();
  Status sniff();
  void read_ahead();

  io::Descriptor descriptor_;
  StreamOptions options_;
  io::Input input_;
  std::optional<io::ReadAhead> read_ahead_;  ///< of a large file
  std::optional<qevm::Reader> reader_;
  std::optional<event::ReorderingBuffer> arranger_;
  std::optional<qber::Reader> decoder_;
  event::Source* source_ = nullptr;
};

}  // namespace qember::vm
