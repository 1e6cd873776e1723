// SPDX-License-Identifier: LGPL-2.1-or-later
/// The identifier octets of the page path.
#pragma once

#include "../ber/wire.hpp"

namespace qember::ram::wire {

using namespace qember::wire;

inline constexpr ber::Identifier zero = identifier(type("RAMPage"), "compr");
inline constexpr ber::Identifier full = identifier(type("RAMPage"), "fullpage");
inline constexpr ber::Identifier xbzrle = identifier(type("RAMPage"), "xbzrle");
inline constexpr ber::Identifier hook = identifier(type("RAMPage"), "hook");

inline constexpr ber::Identifier full_addr = identifier(type("FullPage"), "addr");
inline constexpr ber::Identifier full_data = identifier(type("FullPage"), "data");
inline constexpr ber::SizeRange full_size = member(type("FullPage"), "data").size;
inline constexpr ber::Identifier xbzrle_addr = identifier(type("XBZRLEPage"), "addr");
inline constexpr ber::Identifier xbzrle_data = identifier(type("XBZRLEPage"), "data");
inline constexpr ber::SizeRange xbzrle_size = member(type("XBZRLEPage"), "data").size;

}  // namespace qember::ram::wire
