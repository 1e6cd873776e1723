// SPDX-License-Identifier: LGPL-2.1-or-later
/// From QEMU's native stream to BER, as schema/mapping.md says.
#pragma once

#include <qember/device/state.hpp>
#include <qember/event/source.hpp>
#include <qember/qber/section_writer.hpp>

namespace qember::qber {

struct WriterOptions {
  /// Device state as blobs, whatever its description says.
  bool opaque = false;
};

class Writer {
 public:
  /// All outlive the encoder. `source` gives the events, a description before the device state.
  Writer(const event::Source& source, SectionWriter& writer, const Limits& limits = {},
         WriterOptions options = {});
  ~Writer();

  /// Takes the next event of the source. Pages that are `lasting` are borrowed from it. An event that may not
  /// come where it does is refused (`EventOrder`), and nothing of it is written.
  Status write(const event::Event& event);
  Status write(std::span<const event::RamPage> pages);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace qember::qber
