// SPDX-License-Identifier: LGPL-2.1-or-later
/// The footer of a section, by which alone the end of device state is known in the native form: it has
/// neither length nor end mark. schema/mapping.md has the rule.
#pragma once

#include <qember/advanced/core/bytes.hpp>

namespace qember::event {

/// `7e`, and the section's id as be32.
inline constexpr std::size_t footer_size = 5;
/// Bytes of the header of a section before its name: type, id, and the name's length; and behind it: instance
/// and version.
inline constexpr std::size_t before_name = 1 + 4 + 1;
inline constexpr std::size_t behind_name = 4 + 4;
/// What may have to be seen behind a footer: the header of a section with the longest name.
inline constexpr std::size_t most_following = before_name + 255 + behind_name;

/// Whether an element stands where a footer would have ended.
enum class Following : std::uint8_t { certain, possible, impossible, starved };

/// `after`: the bytes behind the footer; `finished`: they are all that there are, so that an element of which
/// the input has the start alone is possible.
Following what_follows(ByteView after, bool finished);

/// Where the next footer of section `id` begins in `view`, from `from` on; the size of `view` where there is
/// none.
std::size_t find_footer(ByteView view, std::size_t from, std::uint32_t id);

}  // namespace qember::event
