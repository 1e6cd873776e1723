// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of the reader that reads the blocks of a mapped-ram file: they stand in START `ram`, each with
// all of its pages, so that the list of blocks is gathered ahead.
#include <qember/advanced/qevm/reader.hpp>

#include "../event/cursor.hpp"
#include "../event/mapped_ram.hpp"
#include "../event/rule.hpp"
#include "../ram/zero.hpp"
#include "bitmap_order.hpp"

#include <algorithm>
#include <array>

namespace qember::qevm {
namespace {

constexpr std::size_t bitmap_piece = std::size_t{64} << 10U;

bool bit_is_set(ByteView bitmap, std::uint64_t index) {
  return ((bitmap[index / 8] >> (index % 8)) & 1U) != 0;
}

/// Stands for pages that are not read.
constexpr std::array<std::uint8_t, 65536> no_page{};

std::size_t zeros_at_front(ByteView bytes) {
  if (ram::is_zero(bytes)) return bytes.size();
  const auto other = std::ranges::find_if(bytes, [](std::uint8_t byte) { return byte != 0; });
  return static_cast<std::size_t>(other - bytes.begin());
}

}  // namespace

/// `offset`: of the block's fields, from the begin of the stream; then of the next one's.
Result<event::RamBlock> Reader::read_mapped_block(std::uint64_t& offset, std::uint64_t left,
                                                  const std::string& path) {
  constexpr std::size_t most_fields = 1 + 255 + 8 + 8 + 28;
  Bytes fields(most_fields);
  const auto count = source_->read_at(offset, fields);
  if (!count) return count.error();
  fields.resize(*count);
  const std::uint64_t begin = input_.base() + offset;
  io::Input input = io::Input::over(fields, begin);
  event::Cursor cursor(input);
  event::RamBlock block;
  block.name = as_text(cursor.counted("name"));
  block.length = cursor.be<std::uint64_t>("length");
  if (block.length > left)
    return cursor.place(
        broken(event::Rule::block_lengths, fmt::format("at most {}", left), fmt::to_string(block.length)),
        path);
  if (session_.ignore_shared()) block.address = cursor.be<std::uint64_t>("address");
  event::MappedRam mapped;
  mapped.version = cursor.be<std::uint32_t>("version");
  mapped.page_size = cursor.be<std::uint64_t>("page_size");
  mapped.bitmap_offset = cursor.be<std::uint64_t>("bitmap_offset");
  mapped.pages_offset = cursor.be<std::uint64_t>("pages_offset");
  mapped.base = base_;
  block.mapped = mapped;
  if (cursor.is_short()) return cursor.shortage(path);
  if (auto status = check_mapped_block(block, offset); !status) {
    status.error().offset += begin;
    return std::move(status.error()).within(path);
  }
  offset = event::mapped_end(block, offset);
  return block;
}

/// `begin`: where the block's fields are in the stream.
void Reader::note_mapped_parts(const event::RamBlock& block, std::uint32_t index, std::uint64_t begin) {
  const event::MappedRam& mapped = *block.mapped;
  const std::uint64_t fields = event::mapped_fields_size(block);
  mapped_.push_back({MappedPart::fields, index, fields});
  if (event::is_left_out(block)) return;
  const std::uint64_t bitmap = event::mapped_bitmap_size(block);
  mapped_.push_back({MappedPart::padding, index, mapped.bitmap_at() - begin - fields});
  mapped_.push_back({MappedPart::bitmap, index, bitmap});
  mapped_.push_back({MappedPart::padding, index, mapped.pages_offset - mapped.bitmap_offset - bitmap});
  mapped_.push_back({MappedPart::pages, index, block.length});
}

Status Reader::find_seekable(const std::string& path) {
  if (source_ != nullptr && source_->is_seekable()) return {};
  if (!spool_) return refuse(Errc::unsupported, path, "a mapped-ram file as a file", "it in a pipe");
  const auto spooled = spool_();
  if (!spooled) return spooled.error();
  source_ = *spooled;
  return {};
}

Result<event::Event> Reader::read_mapped_blocks(std::uint64_t total) {
  const std::string path = section_path();
  constexpr std::size_t word = 8;
  if (auto status = find_seekable(path); !status) return std::move(status.error());
  if (total > limits_.max_mapped_ram)
    return refuse(Errc::limit, path,
                  fmt::format("at most {} bytes of RAM in a mapped-ram file", limits_.max_mapped_ram),
                  fmt::to_string(total));
  std::vector<event::RamBlock> blocks;
  std::uint64_t offset = input_.position() + word;
  for (std::uint64_t left = total; left > 0; left -= blocks.back().length) {
    const std::string block_path = fmt::format("{}.block[{}]", path, blocks.size());
    if (blocks.size() >= limits_.max_blocks)
      return refuse(Errc::limit, block_path, fmt::format("at most {} RAM blocks", limits_.max_blocks),
                    "more");
    const std::uint64_t begin = offset;
    auto block = read_mapped_block(offset, left, block_path);
    if (!block) return std::move(block.error());
    note_mapped_parts(*block, static_cast<std::uint32_t>(blocks.size()), begin);
    if (auto status = session_.note_page_size(block->mapped->page_size); !status)
      return place(std::move(status.error()), block_path);
    blocks.push_back(std::move(*block));
  }
  const auto is_big_endian = are_bitmaps_big_endian(*source_, blocks, session_.machine());
  if (!is_big_endian) return is_big_endian.error();
  for (event::RamBlock& block : blocks) block.mapped->is_big_endian = *is_big_endian;
  if (auto status = session_.open_blocks(total, std::move(blocks)); !status)
    return place(std::move(status.error()), path);
  blocks_pending_ = false;
  state_ = State::mapped;
  return take(event::RamBlocks{total, session_.blocks()}, word);
}

Result<event::Event> Reader::read_mapped() {
  while (!mapped_.empty()) {
    MappedPart& part = mapped_.front();
    if (part.left == 0) {
      mapped_.pop_front();
      continue;
    }
    const ByteView view = input_.view();
    const auto there = static_cast<std::size_t>(std::min<std::uint64_t>(view.size(), part.left));
    if (part.kind == MappedPart::pages) return read_mapped_pages();
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(part.left, bitmap_piece));
    if (there < (part.kind == MappedPart::bitmap ? wanted : 1)) {
      event::Cursor cursor(input_);
      cursor.bytes(view.size() + 1, "bitmap");
      return cursor.shortage(section_path());
    }
    if (part.kind == MappedPart::bitmap) {
      if (part.left == event::mapped_bitmap_size(session_.blocks()[part.block])) bitmap_.clear();
      part.left -= wanted;
      bitmap_.insert(bitmap_.end(), view.begin(), view.begin() + static_cast<std::ptrdiff_t>(wanted));
      return take(event::MappedBitmap{part.block, view.first(wanted)}, wanted);
    }
    const auto passed = part.kind == MappedPart::padding ? zeros_at_front(view.first(there)) : there;
    part.left -= passed;
    input_.consume(passed);
    if (passed < there) return refuse(Errc::unsupported, section_path(), "padding of zeros", "other bytes");
  }
  state_ = State::ram;
  return read_ram();
}

bool Reader::has_page(std::uint64_t addr, const event::RamBlock& block) const {
  const event::MappedRam& mapped = *block.mapped;
  return bit_is_set(bitmap_, event::mapped_page_bit(addr / mapped.page_size, mapped.is_big_endian));
}

/// The next page that is there, unread; nothing behind the last one, and where the file ends before.
std::optional<event::Event> Reader::skim_page() {
  MappedPart& part = mapped_.front();
  const event::RamBlock& block = session_.blocks()[part.block];
  const auto size = static_cast<std::size_t>(block.mapped->page_size);
  if (const auto whole = source_->size(); !whole || *whole < input_.position() + part.left)
    return std::nullopt;
  for (; part.left > 0; part.left -= size) {
    const std::uint64_t addr = block.length - part.left;
    if (!has_page(addr, block)) {
      input_.skip(size);
      continue;
    }
    const event::RamPage page{event::RamPageKind::full,     0, false, part.block, addr,
                              ByteView(no_page).first(size)};
    if (!session_.note(page)) return std::nullopt;
    part.left -= size;
    ++pages_;
    event_offset_ = input_.offset();
    input_.skip(size);
    return page;
  }
  return std::nullopt;
}

/// The pages that are there; those that are not are passed over, unless something stands in their place.
Result<event::Event> Reader::read_mapped_pages() {
  MappedPart& part = mapped_.front();
  const event::RamBlock& block = session_.blocks()[part.block];
  const auto size = static_cast<std::size_t>(block.mapped->page_size);
  if (skims_pages_)
    if (auto page = skim_page()) return std::move(*page);
  for (; part.left > 0; part.left -= size) {
    const ByteView view = input_.view();
    if (view.size() < size) {
      event::Cursor cursor(input_);
      cursor.bytes(size, "data");
      return cursor.shortage(fmt::format("{}.page[{}]", section_path(), pages_));
    }
    const std::uint64_t addr = block.length - part.left;
    const ByteView data = view.first(size);
    if (has_page(addr, block)) {
      const event::RamPage page{event::RamPageKind::full, 0, false, part.block, addr, data};
      if (auto status = session_.note(page); !status) return std::move(status.error());
      part.left -= size;
      ++pages_;
      return take(page, size);
    }
    if (!ram::is_zero(data)) {
      part.left -= size;
      return take(event::MappedStale{part.block, addr, data}, size);
    }
    input_.consume(size);
  }
  return read_mapped();
}

}  // namespace qember::qevm
