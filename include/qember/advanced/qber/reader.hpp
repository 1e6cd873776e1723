// SPDX-License-Identifier: LGPL-2.1-or-later
/// From BER to the events of QEMU's native stream, as schema/mapping.md says.
#pragma once

#include <qember/advanced/device/state.hpp>
#include <qember/advanced/event/source.hpp>
#include <qember/advanced/qber/section_reader.hpp>

namespace qember::qber {

/// How a stream is read.
struct ReaderOptions {
  /// Refuses device state that holds the footer of its section, which no native stream has: what is written
  /// for it would not be read back as it is. Without it such a stream can be received, not converted.
  bool must_be_native = true;
  /// Of the schema that the stream is by, which outlives the reader; null for the library's own.
  const WireFormat* format = nullptr;
  /// The target's page size in bytes, where the stream does not name it.
  std::optional<std::uint64_t> page_size{};
  /// Refuses bytes behind the stream; else they are left in the input.
  bool must_end = true;
};

/// Reads a stream in the BER form from an input that is fed.
class Reader final : public event::Source {
 public:
  /// `input` outlives the reader. A description comes before the device state that it describes.
  explicit Reader(io::Input& input, const Limits& limits = {}, ReaderOptions options = {});
  ~Reader() override;

  Result<event::Event> next() override;
  /// As many pages as the input has in their common form.
  std::size_t next_pages(std::span<event::RamPage> room) override;
  /// Makes `offset` and `path` those of that one of the pages that `next_pages` gave last, before anything
  /// else is read or fed: they are the last one's else.
  void go_to_page(std::size_t index);
  bool in_sync() const override;
  std::uint64_t offset() const override;
  std::string path() const override;
  const event::Session& session() const override;
  std::optional<event::DeviceForm> device_form() const override;
  bool is_description_first() const override { return true; }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace qember::qber
