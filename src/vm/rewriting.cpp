// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rewriting.hpp"

#include <qember/advanced/event/capabilities.hpp>

#include "../event/inflate.hpp"
#include "../event/mapped_ram.hpp"
#include "../event/rule.hpp"

#include <algorithm>

namespace qember::vm {
namespace {

constexpr std::uint64_t alignment = std::uint64_t{1} << 20U;

/// The list of capabilities without that one; empty where it was the only one.
Bytes without(ByteView payload, std::string_view name) {
  auto names = event::read_capabilities(payload);
  if (!names || std::erase(*names, name) == 0) return {payload.begin(), payload.end()};
  if (names->empty()) return {};
  Bytes list(sizeof(std::uint32_t));
  store_be(list.data(), static_cast<std::uint32_t>(names->size()));
  for (const std::string_view each : *names) {
    list.push_back(static_cast<std::uint8_t>(each.size()));
    list.insert(list.end(), each.begin(), each.end());
  }
  return list;
}

/// `position`: of the first block's fields in the stream.
void lay_out(std::vector<event::RamBlock>& blocks, std::uint64_t position, std::uint64_t base) {
  for (event::RamBlock& block : blocks) {
    event::MappedRam& mapped = *block.mapped;
    mapped.base = base;
    position += event::mapped_fields_size(block);
    if (event::is_left_out(block)) continue;
    const std::uint64_t bitmap_end = base + position + event::mapped_bitmap_size(block);
    mapped.bitmap_offset = base + position;
    mapped.pages_offset = (bitmap_end + alignment - 1) / alignment * alignment;
    position = mapped.pages_at() + block.length;
  }
}

}  // namespace

Status MovedBlocks::take(const event::Event& event) {
  const auto* const list = std::get_if<event::RamBlocks>(&event);
  if (list == nullptr || list->blocks.empty() || !list->blocks.front().mapped) return to_.take(event);
  std::vector<event::RamBlock> blocks(list->blocks.begin(), list->blocks.end());
  constexpr std::size_t word = 8;
  lay_out(blocks, output_.written() - begin_ + word, base_);
  return to_.take(event::RamBlocks{list->total, blocks});
}

Status PlainPages::on(const event::Configuration& configuration) {
  event::Configuration plain{configuration.machine, {}};
  for (event::ConfigurationSubsection each : configuration.subsections) {
    const bool is_list = each.name == "configuration/capabilities";
    if (is_list) each.payload = without(each.payload, "mapped-ram");
    if (!is_list || !each.payload.empty()) plain.subsections.push_back(std::move(each));
  }
  return to_.take(plain);
}

Status PlainPages::on(const event::RamBlocks& list) {
  std::vector<event::RamBlock> blocks(list.blocks.begin(), list.blocks.end());
  if (!blocks.empty() && blocks.front().mapped) mapped_ = blocks;
  for (event::RamBlock& block : blocks) block.mapped.reset();
  return to_.take(event::RamBlocks{list.total, blocks});
}

Status PlainPages::put(event::RamPage page) {
  page.names_block |= page.block != last_block_;
  last_block_ = page.block;
  if (auto status = to_.take(page); !status) return status;
  return pass_();
}

/// What is not there up to that address of that block.
Status PlainPages::put_zeros(std::uint32_t block, std::uint64_t addr) {
  for (; block_ < mapped_.size(); ++block_, next_ = 0) {
    const event::RamBlock& each = mapped_[block_];
    const std::uint64_t end = block_ < block ? each.length : addr;
    for (; !event::is_left_out(each) && next_ < end; next_ += each.mapped->page_size) {
      event::RamPage zero;
      zero.block = block_;
      zero.addr = next_;
      if (auto status = put(zero); !status) return status;
    }
    if (block_ == block) break;
  }
  return {};
}

Status PlainPages::on(const event::RamPage& page) {
  if (!mapped_.empty()) {
    if (auto status = put_zeros(page.block, page.addr); !status) return status;
    next_ = page.addr + context_.session().page_size_or_default();
  }
  if (page.kind != event::RamPageKind::compressed) return put(page);
  inflated_.resize(static_cast<std::size_t>(context_.session().page_size_or_default()));
  if (auto status = event::inflate(page.data, inflated_); !status) {
    Error error = broken(event::Rule::compressed_inflates, status.error().expected, status.error().found);
    error.offset = context_.offset();
    return std::move(error).within(context_.path());
  }
  event::RamPage full = page;
  full.kind = event::RamPageKind::full;
  full.data = inflated_;
  full.stable = false;
  return put(full);
}

Status PlainPages::on(const event::SectionEnd& end) {
  if (!mapped_.empty()) {
    const auto last = static_cast<std::uint32_t>(mapped_.size() - 1);
    if (auto status = put_zeros(last, mapped_.back().length); !status) return status;
    mapped_.clear();
  }
  return to_.take(end);
}

}  // namespace qember::vm
