// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rule.hpp"

#include <array>

namespace qember::event {
namespace {

using enum Rule;

constexpr std::array all{
    RuleInfo{configuration_first, "configuration_first", Errc::wrong_order},
    RuleInfo{configuration_known, "configuration_known", Errc::unsupported},
    RuleInfo{configuration_once, "configuration_once", Errc::bad_value},
    RuleInfo{machine_name, "machine_name", Errc::bad_value},
    RuleInfo{page_size_valid, "page_size_valid", Errc::bad_value},
    RuleInfo{page_size_agrees, "page_size_agrees", Errc::page_size_unknown},
    RuleInfo{command_payload, "command_payload", Errc::bad_length},
    RuleInfo{package_apart, "package_apart", Errc::bad_value},
    RuleInfo{package_whole, "package_whole", Errc::bad_length},
    RuleInfo{package_ended, "package_ended", Errc::wrong_order},
    RuleInfo{discard_form, "discard_form", Errc::bad_value},
    RuleInfo{discard_block, "discard_block", Errc::unknown_block},
    RuleInfo{discard_within, "discard_within", Errc::page_outside_block},
    RuleInfo{discard_aligned, "discard_aligned", Errc::page_unaligned},
    RuleInfo{section_known, "section_known", Errc::unknown_section},
    RuleInfo{section_name, "section_name", Errc::bad_value},
    RuleInfo{ram_version, "ram_version", Errc::unsupported},
    RuleInfo{started_once, "started_once", Errc::wrong_order},
    RuleInfo{part_before_end, "part_before_end", Errc::wrong_order},
    RuleInfo{every_end, "every_end", Errc::wrong_order},
    RuleInfo{end_known, "end_known", Errc::unsupported},
    RuleInfo{record_known, "record_known", Errc::unsupported},
    RuleInfo{blocks_once, "blocks_once", Errc::wrong_order},
    RuleInfo{block_name, "block_name", Errc::bad_value},
    RuleInfo{block_names, "block_names", Errc::bad_value},
    RuleInfo{block_lengths, "block_lengths", Errc::bad_value},
    RuleInfo{block_known, "block_known", Errc::unknown_block},
    RuleInfo{page_within, "page_within", Errc::page_outside_block},
    RuleInfo{page_aligned, "page_aligned", Errc::page_unaligned},
    RuleInfo{delta_fits, "delta_fits", Errc::bad_length},
    RuleInfo{delta_sound, "delta_sound", Errc::bad_delta},
    RuleInfo{delta_base, "delta_base", Errc::bad_delta},
    RuleInfo{compressed_fits, "compressed_fits", Errc::bad_length},
    RuleInfo{compressed_inflates, "compressed_inflates", Errc::bad_value},
    RuleInfo{ram_included, "ram_included", Errc::unsupported},
    RuleInfo{description_text, "description_text", Errc::bad_value},
    RuleInfo{nothing_follows, "nothing_follows", Errc::trailing_data},
    RuleInfo{end_mark, "end_mark", Errc::truncated},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].rule != static_cast<Rule>(i)) return false;
  return true;
}
static_assert(in_order() && all.back().rule == end_mark);

}  // namespace

std::span<const RuleInfo> rules() noexcept { return all; }

Error broken(Rule rule, std::string expected, std::string found) {
  const RuleInfo& info = all[static_cast<std::size_t>(rule)];
  return {info.code, 0, {}, std::move(expected), std::move(found), {}, info.name};
}

}  // namespace qember::event
