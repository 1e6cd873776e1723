// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of the writer that writes RAM: the list of blocks, pages, and records without one.
#include "../event/ram_records.hpp"
#include "section_limits.hpp"
#include "writer_state.hpp"

namespace qember::qber {
namespace {

/// A note says no more than this at once, so that a reader takes it whole; more notes say the rest. The
/// numbers depend on nothing else, for the same reason.
constexpr std::size_t most_controls = 256;
constexpr std::size_t most_block_notes = 1024;

/// Of a page that the schema has an element for.
ram::PageKind kind_of(event::RamPageKind kind) {
  switch (kind) {
    case event::RamPageKind::full: return ram::PageKind::full;
    case event::RamPageKind::xbzrle: return ram::PageKind::xbzrle;
    default: return ram::PageKind::zero;
  }
}

}  // namespace

using extension::SectionNote;

Status Writer::State::on(const event::RamBlocks& blocks) {
  listed.assign(blocks.blocks.begin(), blocks.blocks.end());
  list = {blocks.total, listed};
  block_names.clear();
  for (const event::RamBlock& block : blocks.blocks)
    block_names.push_back(extension::placeholder_name(as_bytes(block.name), block_names.size()));
  last_block.reset();
  return {};
}

/// Writes the list of RAM blocks, once it is known what stands between it and the section's end.
Status Writer::State::begin_blocks() {
  SectionNote about;
  if (section.type == event::Element::section_full) about.type = section.type;
  about.controls = std::move(list_controls);
  auto full = asn1::Value<asn1::SecFull>::make();
  full->set_name(section_name);
  full->set_sectionid(section.id);
  full->set_instanceid(section.instance);
  full->set_versionid(section.version);
  auto ramblid = full->contents().make_ramblid();
  ramblid.set_totalram(list->total);
  auto blocks = ramblid.blocks();
  for (std::uint32_t i = 0; i < list->blocks.size(); ++i) {
    const event::RamBlock& block = list->blocks[i];
    auto entry = blocks.append();
    entry.set_name(block_names[i]);
    entry.set_len(block.length);
    extension::BlockNote block_note{i, block.page_size, block.address, {}, block.mapped};
    if (extension::needs_placeholder(as_bytes(block.name)))
      block_note.name = Bytes(block.name.begin(), block.name.end());
    if (block_note.page_size || block_note.address || block_note.name || block_note.mapped)
      about.blocks.push_back(std::move(block_note));
  }
  list.reset();
  began = true;
  note.continues = true;
  if (auto status = annotate_blocks(std::move(about)); !status) return status;
  return put(asn1::encode(*full), section_limits(own_tags.block_list.view(), limits));
}

/// The first note says all else that there is to say.
Status Writer::State::annotate_blocks(SectionNote about) {
  const auto blocks = std::exchange(about.blocks, {});
  for (std::size_t at = 0; at == 0 || at < blocks.size(); at += most_block_notes, about = {}) {
    const auto part = std::span(blocks).subspan(at).first(std::min(most_block_notes, blocks.size() - at));
    about.blocks.assign(part.begin(), part.end());
    if (auto status = annotate(about); !status) return status;
  }
  return {};
}

Status Writer::State::begin_min() {
  if (auto status = annotate(note); !status) return status;
  note = {};
  note.continues = true;
  writer.begin_ram(section.id);
  began = in_min = true;
  page_in_min = false;
  return {};
}

void Writer::State::end_min() {
  if (in_min) writer.end_ram();
  in_min = false;
}

Status Writer::State::on(const event::RamControl& control) {
  if (list) {
    list_controls.push_back(control.word);
    return list_controls.size() < most_controls ? Status() : begin_blocks();
  }
  // The schema has `hook`, but in a block; where there is none, and for any other control record, a note has
  // it.
  if (control.word == event::ram_flag::hook && in_min && writer.in_block()) {
    writer.page({ram::PageKind::hook, 0, {}});
    return {};
  }
  end_min();
  note.controls.push_back(control.word);
  return note.controls.size() < most_controls ? Status() : begin_min();
}

Status Writer::State::on(const event::RamPage& page) {
  if (list) {
    if (auto status = begin_blocks(); !status) return status;
  }
  if (!page_size_said) {
    page_size_said = true;
    const std::uint64_t size = context.session().page_size_or_default();
    if (size != head.page_size_or_default()) {
      // What came before it was read without it.
      if (!note.controls.empty())
        if (auto status = begin_min(); !status) return status;
      end_min();
      note.page_size = size;
    }
  }
  if (page.kind == event::RamPageKind::compressed) return compressed(page);
  const bool same_block = page.block == last_block;
  const bool names_again = page.names_block && same_block && !(in_min && page_in_min);
  const bool fills = page.kind == event::RamPageKind::zero && page.fill != 0;
  if (in_min && (names_again || fills)) end_min();
  if (!in_min) {
    note.names_block = page.names_block && same_block;
    if (fills) note.fill = page.fill;
    if (auto status = begin_min(); !status) return status;
  }
  if (!page_in_min || page.names_block) writer.begin_block(block_names[page.block]);
  page_in_min = true;
  last_block = page.block;
  const ram::PageView view{kind_of(page.kind), page.addr, page.data};
  if (page.stable) {
    writer.page(view);
  } else {
    writer.copy_page(view);
  }
  return {};
}

/// The schema has no such page: it goes into a section of its own, after the SecMin that begins its
/// native section.
Status Writer::State::compressed(const event::RamPage& page) {
  if (!began || !note.controls.empty() || note.page_size) {
    end_min();
    if (auto status = begin_min(); !status) return status;
  }
  end_min();
  const bool names_again = page.names_block && page.block == last_block;
  last_block = page.block;
  return put(extension::encode(extension::CompressedPage{page.block, page.addr, names_again, page.data}));
}

Status Writer::State::on(const event::MappedBitmap& bitmap) {
  if (list) {
    if (auto status = begin_blocks(); !status) return status;
  }
  end_min();
  return put(extension::encode(bitmap));
}

Status Writer::State::on(const event::MappedStale& stale) {
  end_min();
  return put(extension::encode(stale));
}

}  // namespace qember::qber
