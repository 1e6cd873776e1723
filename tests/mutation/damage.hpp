// SPDX-License-Identifier: LGPL-2.1-or-later
/// Twelve kinds of damage to a TLV.
#pragma once

#include "support/tlv.hpp"

#include <array>
#include <functional>
#include <string_view>

namespace qember::test {

inline constexpr std::array<std::string_view, 12> damage_kinds{
    "tag",       "class",       "constructed bit", "length +-1", "length huge", "padded",
    "value cut", "value grown", "duplicate",       "swap",       "delete",      "end of contents"};

/// How many TLVs there are.
std::size_t count_tlvs(const std::vector<Tlv>& tree);

/// Gives each way to do damage of that kind to TLV number `index`, which is whole again afterwards. Lengths
/// around what grows or shrinks are put right: the damage is one. Nothing where it makes no difference.
void damage(std::vector<Tlv>& tree, std::size_t index, std::size_t kind,
            const std::function<void(const Bytes&)>& take);

}  // namespace qember::test
