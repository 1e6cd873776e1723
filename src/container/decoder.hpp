// SPDX-License-Identifier: LGPL-2.1-or-later
/// Decompressors, one member, block or frame after another.
#pragma once

#include <qember/advanced/container/kind.hpp>
#include <qember/advanced/core/limits.hpp>
#include <qember/advanced/core/result.hpp>

#include <memory>

namespace qember::container {

class Decoder {
 public:
  /// What one step took of its input and gave; whether a member ended with that.
  struct Step {
    std::size_t taken = 0;
    std::size_t given = 0;
    bool ended = false;
  };

  virtual ~Decoder() = default;
  /// Makes ready for a member, the first one too.
  virtual Status begin() = 0;
  /// One that neither takes nor gives wants more input. The error has no place.
  virtual Result<Step> decode(ByteView in, MutableBytes out) = 0;
  /// Whether a member may begin so, where one has ended; nothing where more bytes tell.
  virtual std::optional<bool> goes_on(ByteView in) const = 0;
};

/// Of gzip, bzip2, xz or zstd.
std::unique_ptr<Decoder> make_decoder(Kind kind, const Limits& limits);

// The parts of that.

std::unique_ptr<Decoder> make_gzip_decoder();
/// zlib's format, which no file has.
std::unique_ptr<Decoder> make_zlib_decoder();
std::unique_ptr<Decoder> make_bzip2_decoder();
std::unique_ptr<Decoder> make_xz_decoder(const Limits& limits);
std::unique_ptr<Decoder> make_zstd_decoder(const Limits& limits);

/// Whether `in` begins with `magic`; nothing where it ends before that is known.
std::optional<bool> begins_with(ByteView in, std::string_view magic) noexcept;
/// Data that is not sound.
Error corrupt(std::string expected, std::string found);
/// A decompressor that needs more memory than the limits allow.
Error too_large(const Limits& limits, std::uint64_t needed);

}  // namespace qember::container
