// SPDX-License-Identifier: LGPL-2.1-or-later
#include "block_list.hpp"

#include <fmt/format.h>

#include <bit>

namespace qember::event {
namespace {

Error refuse(std::string expected, std::string found) {
  return {Errc::bad_annotation, 0, {}, std::move(expected), std::move(found)};
}

/// The be64 that stands natively where the page size of `block` would; nothing where the list ends there.
std::optional<std::uint64_t> word_behind(const RamBlock& block, const RamBlock* next) {
  if (block.address) return block.address;
  if (next == nullptr) return std::nullopt;
  Bytes head{static_cast<std::uint8_t>(next->name.size())};
  head.insert(head.end(), next->name.begin(), next->name.end());
  head.resize(head.size() + sizeof next->length);
  store_be(head.data() + head.size() - sizeof next->length, next->length);
  return load_be<std::uint64_t>(head.data());
}

Status check_page_size(const Session& session, const RamBlock& block, const RamBlock* next) {
  if (block.page_size) {
    if (!session.mapped_ram() && is_advised_page_size(*block.page_size, session)) return {};
    return refuse("a block page size that POSTCOPY_ADVISE announced", fmt::to_string(*block.page_size));
  }
  const auto behind = session.mapped_ram() ? std::nullopt : word_behind(block, next);
  if (!behind || !is_advised_page_size(*behind, session)) return {};
  return refuse(fmt::format("a page size of the block {:?}", block.name), "none, and what reads as one");
}

}  // namespace

bool is_advised_page_size(std::uint64_t value, const Session& session) {
  return std::has_single_bit(value) && value >= session.page_size_or_default() &&
         (session.advised_page_sizes() & value) != 0;
}

Status check_block_list(const Session& session, std::span<const RamBlock> blocks) {
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const RamBlock& block = blocks[i];
    if (block.address.has_value() != session.ignore_shared())
      return refuse(session.ignore_shared() ? "the address of every block, as x-ignore-shared has it"
                                            : "no address of a block, without x-ignore-shared",
                    block.address ? "one" : fmt::format("none of {:?}", block.name));
    if (block.mapped.has_value() != session.mapped_ram())
      return refuse(session.mapped_ram() ? "the mapped-ram fields of every block"
                                         : "no mapped-ram fields, without the capability",
                    block.mapped ? "some" : fmt::format("none of {:?}", block.name));
    const RamBlock* const next = i + 1 < blocks.size() ? &blocks[i + 1] : nullptr;
    if (auto status = check_page_size(session, block, next); !status) return status;
  }
  return {};
}

}  // namespace qember::event
