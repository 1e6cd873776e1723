// SPDX-License-Identifier: LGPL-2.1-or-later
/// From QEMU's native stream to BER, as schema/mapping.md says.
#pragma once

#include <qember/native/source.hpp>
#include <qember/native/state.hpp>
#include <qember/stream/writer.hpp>

namespace qember::native {

struct EncoderOptions {
  /// Device state as blobs, whatever its description says.
  bool opaque = false;
};

class Encoder {
 public:
  /// All outlive the encoder. `source` gives the events, a description before the device state.
  Encoder(const Source& source, stream::Writer& writer, const Limits& limits = {},
          EncoderOptions options = {});
  ~Encoder();

  /// Takes the next event of the source. Pages that are `lasting` are borrowed from it. An event that may not
  /// come where it does is refused (`EventOrder`), and nothing of it is written.
  Status write(const Event& event);
  Status write(std::span<const RamPage> pages);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace qember::native
