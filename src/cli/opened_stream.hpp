// SPDX-License-Identifier: LGPL-2.1-or-later
/// A migration stream in either form, from a file or a pipe, as events.
#pragma once

#include "files.hpp"
#include "read_ahead.hpp"

#include <qember/native/arranger.hpp>
#include <qember/native/decoder.hpp>
#include <qember/native/reader.hpp>

#include <functional>

namespace qember::cli {

enum class Format : std::uint8_t { native, ber };

struct StreamOptions {
  Limits limits = Limits::trusted();
  native::ReaderOptions reader;
  /// Called before the input is waited for: what is complete can be passed on.
  std::function<Status()> before_wait;
  /// Where native device state waits for its description; else events come as they are in the stream.
  bool arrange = true;
};

class OpenedStream {
 public:
  /// Opens and tells the form by the magic; `Errc::unknown_magic` where it is neither.
  static Result<std::unique_ptr<OpenedStream>> open(const std::string& path, StreamOptions options);

  Format format() const noexcept { return decoder_ ? Format::ber : Format::native; }
  native::Source& source() noexcept { return *source_; }
  /// How BER has the last section of device state; nothing for the native form.
  std::optional<native::DeviceForm> device_form() const;
  const stream::Input& input() const noexcept { return input_; }

  /// The next event; waits for the input.
  Result<native::Event> next();
  /// As of a `Source`; never waits.
  std::size_t next_pages(std::span<native::RamPage> room) { return source_->next_pages(room); }

 private:
  OpenedStream(Descriptor descriptor, StreamOptions options);
  Status wait();
  Status sniff();
  void read_ahead();

  Descriptor descriptor_;
  StreamOptions options_;
  stream::Input input_;
  std::optional<ReadAhead> read_ahead_;  ///< of a large file
  std::optional<native::Reader> reader_;
  std::optional<native::Arranger> arranger_;
  std::optional<native::Decoder> decoder_;
  native::Source* source_ = nullptr;
};

}  // namespace qember::cli
