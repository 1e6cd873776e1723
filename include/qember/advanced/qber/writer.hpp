// SPDX-License-Identifier: LGPL-2.1-or-later
/// From QEMU's native stream to BER, as schema/mapping.md says.
#pragma once

#include <qember/advanced/device/state.hpp>
#include <qember/advanced/event/context.hpp>
#include <qember/advanced/event/sink.hpp>
#include <qember/advanced/qber/section_writer.hpp>

namespace qember::qber {

/// How a stream is written.
struct WriterOptions {
  /// Device state as blobs, whatever its description says.
  bool opaque = false;
};

/// Writes a stream in the BER form.
class Writer final : public event::Sink {
 public:
  /// All outlive the writer. `context` is of the events, which have the description before the device state:
  /// where `is_description_first` denies that, device state would lose its types, and all events are refused
  /// as `Errc::usage` unless `opaque` asks for that.
  Writer(const event::Context& context, SectionWriter& writer, const Limits& limits = {},
         WriterOptions options = {});
  ~Writer() override;

  /// Takes the next event of the source. Pages that are `stable` are borrowed from it. An event that may not
  /// come where it does is refused (`EventOrder`), and nothing of it is written.
  Status take(const event::Event& event) override;
  /// Takes several pages; ends at the first that is refused.
  Status take(std::span<const event::RamPage> pages) override;
  bool takes_batches() const noexcept override { return true; }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace qember::qber
