// SPDX-License-Identifier: LGPL-2.1-or-later
/// Whole streams through the library, in memory, fed in chunks of any size.
#pragma once

#include <qember/advanced/core/bytes.hpp>
#include <qember/advanced/core/error.hpp>
#include <qember/advanced/core/limits.hpp>

#include <functional>
#include <optional>
#include <string>

namespace qember::test {

/// The size of the next chunk, 1 or more.
using Chunks = std::function<std::size_t()>;

Chunks whole();
Chunks chunks_of(std::size_t size);
/// Primes up to 7919, in an order that `seed` decides.
Chunks prime_chunks(unsigned seed);

struct Converted {
  Bytes out;  ///< up to the error, where there is one
  std::optional<Error> error;
  std::optional<std::uint64_t> page_size{};  ///< what the stream was read with
};

struct EncodeForm {
  bool der = false;
  bool opaque = false;
  Limits limits{};
  std::optional<std::uint64_t> page_size{};  ///< where the stream does not name it
};

Converted encode(ByteView native, const Chunks& chunks = whole(), const EncodeForm& form = {});
/// What `decode` made of a stream: the same with the page size told, where only the form that it was read
/// from names it.
Converted encode_again(const Converted& decoded, const EncodeForm& form = {});
Converted decode(ByteView ber, const Chunks& chunks = whole(), const Limits& limits = {});

/// `accepted`, or `CODE at OFFSET: PATH`: what does not depend on chunks. (What was found, as an error shows
/// it, is as much as had come.)
std::string verdict(const Converted& converted);

}  // namespace qember::test
