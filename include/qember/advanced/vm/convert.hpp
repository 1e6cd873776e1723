// SPDX-License-Identifier: LGPL-2.1-or-later
/// From one form of a stream to the other, in one call: byte for byte there and back.
#pragma once

#include <qember/advanced/io/output.hpp>
#include <qember/advanced/vm/format.hpp>
#include <qember/advanced/vm/stream_options.hpp>

namespace qember::vm {

/// How a stream is converted.
struct ConvertOptions {
  /// How the stream is read; `before_wait` and `reorder` are the conversion's own.
  StreamOptions read{};
  /// The form that the stream must have; otherwise `Errc::wrong_direction`.
  std::optional<Format> from{};
  /// To BER: all lengths definite. Reads a stream twice, which has to be seekable.
  bool der = false;
  /// To BER: device state as blobs, without the values of its fields.
  bool opaque = false;
  /// Called now and then with the number of bytes that were read.
  std::function<void(std::uint64_t)> progress{};
};

/// Passes on what was written, and clears it, as `io::drain` does for a descriptor.
using Drain = std::function<Status(io::Output& output)>;

/// Converts a native stream to BER, and BER to the native stream that it was made of. What is ready is passed
/// on before the source is waited for, so that it works on pipes in the middle of a live migration, in
/// bounded memory. Returns the first error, of the stream or of `drain`: what is sound up to there was passed
/// on, and no end mark follows it. To be cancelled by an error of `drain`.
Status convert(io::ByteSource& source, const Drain& drain, const ConvertOptions& options = {});
/// The same from a descriptor to another, from where they stand; neither is closed.
Status convert(int from, int to, const ConvertOptions& options = {});

}  // namespace qember::vm
