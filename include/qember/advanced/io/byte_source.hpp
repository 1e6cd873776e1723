// SPDX-License-Identifier: LGPL-2.1-or-later
/// Where the bytes of a stream come from: a file, a pipe, memory, or what is unpacked from another source.
#pragma once

#include <qember/advanced/core/bytes.hpp>
#include <qember/advanced/core/result.hpp>
#include <qember/advanced/io/input.hpp>

#include <optional>

namespace qember::io {

/// Bytes that are read by their offset, which counts from the first byte of the source. A seekable source may
/// be read from several threads at once, and as often as is wanted; another one from a single thread, each
/// byte once and in order.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// How many bytes there are; nothing where only reading them tells.
  virtual std::optional<std::uint64_t> size() const = 0;
  /// Whether bytes can be read at any offset, and again.
  virtual bool is_seekable() const = 0;
  /// Reads what is there at `offset`, at least one byte and at most `to`, which is not empty; waits while
  /// there is none. Returns how many bytes were read, 0 at the end alone. `Errc::io` where the system could
  /// not read, `Errc::usage` for an offset that is not the next one of a source that is not seekable.
  virtual Result<std::size_t> read_some(std::uint64_t offset, MutableBytes to) = 0;
  /// Fills `to` from `offset` on. Returns how many bytes were read, fewer than its size at the end alone.
  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes to);

  /// Feeds `input` with the bytes that follow what it has received, as many as `read_some` gives; finishes it
  /// at the end. Invalidates the views of `input`.
  virtual Status fill(Input& input);
};

}  // namespace qember::io
