// SPDX-License-Identifier: LGPL-2.1-or-later
/// Checking that bytes are BER of a type, before anything else looks at them.
#pragma once

#include <qember/advanced/ber/schema.hpp>
#include <qember/advanced/core/bytes.hpp>
#include <qember/advanced/core/limits.hpp>
#include <qember/advanced/core/result.hpp>

namespace qember::ber {

/// TLVs may not nest deeper than this, whatever the limits: asn1c recurses.
inline constexpr std::size_t deepest = 512;

/// Walks the value of `type` at the front of `in` and returns how many bytes it takes; bytes after it are
/// the caller's matter. Allocates only for an error.
///
/// Takes BER as X.690 has it: indefinite lengths, lengths of up to 8 bytes that are not minimal, strings of
/// bytes in segments, any byte but 00 as TRUE. Refuses what X.690 forbids, among it what decoders let pass
/// (padded tags, a primitive with the length octet 80, integers that are not minimal, NULL with contents),
/// and beyond that UTF8Strings in segments, NUL in them, integers that `Integer` does not hold, and unknown
/// extensions, since they would be lost.
///
/// An error says where a reader going forward cannot go on: the offset, with that of the front of `in`
/// added, of the first TLV that cannot be accepted (where one is missing, of what comes instead; where the
/// input ends, of the innermost TLV that is not complete), and its path, after `path` or the type's name.
Result<std::uint64_t> validate(ByteView in, const Schema& schema, const Type& type, const Limits& limits,
                               std::uint64_t offset = 0, std::string_view path = {});

/// The error for the value numbered `index` in an input that `validate` accepts, where a check that only
/// asn1c can make refuses it. Values are counted from 0 as their TLVs begin, a CHOICE before its alternative.
Error refuse(std::size_t index, ByteView in, const Schema& schema, const Type& type, const Limits& limits,
             std::uint64_t offset = 0, std::string_view path = {});

}  // namespace qember::ber
