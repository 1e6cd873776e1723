// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of the reader that reads the list of RAM blocks.
#include "../event/block_list.hpp"
#include "../event/mapped_ram.hpp"
#include "../event/rule.hpp"
#include "reader_state.hpp"

#include <qember/advanced/core/text.hpp>

#include <fmt/format.h>

namespace qember::qber {

/// As the schema has them; `names` are those that pages go by.
Result<std::vector<event::RamBlock>> Reader::State::read_blocks(const asn1::SecFull& section,
                                                                BlockCursor::Names& names) {
  std::vector<event::RamBlock> blocks;
  for (const auto entry : section.contents().as_ramblid().blocks()) {
    const auto length = entry.len().as_unsigned();
    if (!length)
      return refuse(Errc::constraint, ".contents.ramblid", "lengths of 0 or more", to_string(entry.len()));
    if (!names.emplace(std::string(entry.name()), static_cast<std::uint32_t>(blocks.size())).second)
      return place(broken(event::Rule::block_names, "RAM blocks with different names",
                          fmt::format("{:?} twice", entry.name())),
                   ".contents.ramblid");
    blocks.push_back({std::string(entry.name()), *length, {}, {}, {}});
  }
  return blocks;
}

/// With what the note says of them.
Status Reader::State::describe_blocks(std::vector<event::RamBlock>& blocks) {
  for (const extension::BlockNote& about : std::exchange(note.blocks, {})) {
    if (about.index >= blocks.size())
      return refuse(Errc::bad_annotation, "", "a note on a RAM block of the list",
                    fmt::to_string(about.index));
    event::RamBlock& block = blocks[about.index];
    if (about.page_size) block.page_size = about.page_size;
    if (about.address) block.address = about.address;
    if (about.mapped) block.mapped = about.mapped;
    if (about.name) block.name = as_text(*about.name);
  }
  for (const event::RamBlock& block : blocks)
    if (block.name.size() > limits.max_name)
      return refuse(Errc::constraint, ".contents.ramblid",
                    fmt::format("names of at most {} bytes", limits.max_name),
                    fmt::to_string(block.name.size()));
  return {};
}

/// All of the blocks are mapped or none, follow one another, and have pages of one size.
Status Reader::State::note_mapped(std::span<const event::RamBlock> blocks) {
  std::uint64_t fields = events.position() + sizeof(std::uint64_t);
  for (const event::RamBlock& block : blocks) {
    if (block.mapped.has_value() != blocks[0].mapped.has_value())
      return refuse(Errc::bad_annotation, "", "RAM blocks that are all mapped or none", "some");
    if (!block.mapped) continue;
    if (block.mapped->base != blocks[0].mapped->base ||
        block.mapped->is_big_endian != blocks[0].mapped->is_big_endian)
      return refuse(Errc::bad_annotation, "", "RAM blocks of one mapped-ram file", "some of another");
    auto status = check_mapped_block(block, fields);
    if (status) status = session.note_page_size(block.mapped->page_size);
    if (!status) return place(std::move(status.error()));
    fields = event::mapped_end(block, fields);
  }
  return {};
}

/// Together, and with the head of the stream.
Status Reader::State::check_blocks(const asn1::SecFull& section, std::span<const event::RamBlock> blocks) {
  const Integer total = section.contents().as_ramblid().totalram();
  if (!total.as_unsigned() || (*total.as_unsigned() & (event::min_page_size - 1)) != 0)
    return refuse(Errc::constraint, ".contents.ramblid.totalram", "a multiple of 256", to_string(total));
  if (auto status = note_mapped(blocks); !status) return status;
  if (auto status = placed(event::check_block_list(session, blocks), ".contents.ramblid"); !status)
    return status;
  const std::uint64_t in_file = event::mapped_size(blocks);
  if (in_file > limits.max_mapped_ram)
    return refuse(Errc::limit, ".contents.ramblid.totalram",
                  fmt::format("at most {} in a mapped-ram file", limits.max_mapped_ram),
                  fmt::to_string(in_file));
  return {};
}

Status Reader::State::blocks(const asn1::SecFull& section) {
  if (!current.is_ram())
    return refuse(Errc::bad_value, ".contents", "the contents of a section other than `ram`", "RAM blocks");
  BlockCursor::Names names;
  auto read = read_blocks(section, names);
  if (!read) return std::move(read.error());
  if (auto status = describe_blocks(*read); !status) return status;
  if (auto status = check_blocks(section, *read); !status) return status;
  const auto words = std::exchange(note.controls, {});
  if (auto status = check_controls(words); !status) return status;
  if (auto status = check_note_used(); !status) return status;
  const std::uint64_t total = *section.contents().as_ramblid().totalram().as_unsigned();
  if (auto status = placed(session.open_blocks(total, std::move(*read))); !status) return status;
  cursor.set_names(std::move(names));
  mapped.begin(session.blocks());
  events.give(event::RamBlocks{total, session.blocks()});
  for (const std::uint64_t word : words) control(word);
  return {};
}

}  // namespace qember::qber
