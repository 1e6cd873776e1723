// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of the reader that reads pages of RAM, and what stands between them.
#include "../event/ram_records.hpp"
#include "../event/rule.hpp"
#include "reader_state.hpp"

#include <fmt/format.h>

namespace qember::qber {
namespace {

event::RamPageKind kind_of(ram::PageKind kind) {
  switch (kind) {
    case ram::PageKind::full: return event::RamPageKind::full;
    case ram::PageKind::xbzrle: return event::RamPageKind::xbzrle;
    default: return event::RamPageKind::zero;
  }
}

}  // namespace

Status Reader::State::on(const RamBegin& ram_begin) {
  const auto id = ram_begin.sectionid.as_unsigned();
  const event::OpenSection* open =
      id && *id <= 0xffffffff ? session.section(static_cast<std::uint32_t>(*id)) : nullptr;
  if (open == nullptr || open->kind != event::BodyKind::ram)
    return place(broken(event::Rule::section_known, "the id of a section `ram` that was started",
                        to_string(ram_begin.sectionid)),
                 ".sectionid");
  if (tail.begun) return refuse(Errc::wrong_order, "", "the end of the file", "a section after the end mark");
  if (std::exchange(note.continues, false)) {
    if (!current.is_ram() || current.header().id != *id)
      return refuse(Errc::bad_annotation, ".sectionid", "the section that goes on",
                    to_string(ram_begin.sectionid));
  } else {
    const event::Element type = std::exchange(note.type, {}).value_or(event::Element::section_part);
    if (type != event::Element::section_part && type != event::Element::section_end)
      return refuse(Errc::bad_annotation, "", "PART or END for a section without a name", "another type");
    if (auto status = begin(
            {type, static_cast<std::uint32_t>(*id), open->name, open->instance, open->version}, open->kind);
        !status)
      return status;
  }
  const auto words = std::exchange(note.controls, {});
  if (auto status = check_controls(words); !status) return status;
  for (const std::uint64_t word : words) control(word);
  cursor.begin_section();
  if (note.fill || note.names_block) return {};  // of the first page
  return check_note_used();
}

Status Reader::State::on(const RamBlockBegin& begin) {
  if (cursor.begin_block(begin.name)) return {};
  return place(broken(event::Rule::block_known, "the name of a RAM block", fmt::format("{:?}", begin.name)),
               ".name");
}

Status Reader::State::on(const RamEnd&) { return check_note_used(); }

Status Reader::State::on(const ram::PageView& view) {
  if (view.kind == ram::PageKind::hook) {
    control(event::ram_flag::hook);
    return {};
  }
  event::RamPage page;
  auto status = page_of(view, page);
  if (status) events.give(page);
  return status;
}

Status Reader::State::page_of(const ram::PageView& view, event::RamPage& page) {
  page = {kind_of(view.kind), 0,         cursor.names_block(),  cursor.block(),
          view.addr,          view.data, input.holds(view.data)};
  if (!cursor.page_in_section()) {
    page.names_block |= note.names_block;
    if (note.fill && page.kind != event::RamPageKind::zero)
      return refuse(Errc::bad_annotation, "", "a page of zeros to fill", "another page");
    page.fill = note.fill.value_or(0);
  }
  if (auto status = check_page(page); !status) return status;
  if (auto status = session.note(page); !status) return place(std::move(status.error()));
  if (mapped.is_inside()) {
    if (page.kind != event::RamPageKind::full)
      return refuse(Errc::unsupported, "", "a full page in a mapped-ram file", "another page");
    auto status = mapped.pass_page(session.blocks(), page.block, page.addr, page.data.size());
    if (!status) return place(std::move(status.error()));
  }
  note.names_block = false;
  note.fill.reset();
  cursor.pass(page.block);
  return {};
}

Status Reader::State::check_page(const event::RamPage& page) const {
  const std::uint64_t size = session.page_size_or_default();
  if (page.kind == event::RamPageKind::full && page.data.size() != size)
    return refuse(Errc::constraint, ".fullpage.data", fmt::format("a page of {} bytes", size),
                  fmt::to_string(page.data.size()));
  const std::uint64_t most = event::ram_flag::max_delta(size);
  if (page.kind == event::RamPageKind::xbzrle && page.data.size() > most)
    return place(
        broken(event::Rule::delta_fits, fmt::format("at most {}", most), fmt::to_string(page.data.size())),
        ".xbzrle.data");
  return {};
}

/// Those that go on in a block, and that `page_of` would have nothing to say to.
std::size_t Reader::State::next_pages(std::span<event::RamPage> room) {
  if (!cursor.goes_on() || mapped.is_inside()) return 0;
  const std::size_t peeked = sections.peek_pages(std::span(views).first(std::min(views.size(), room.size())));
  const std::uint64_t size = session.page_size_or_default();
  const std::uint32_t block = cursor.block();
  const std::uint64_t length = session.blocks()[block].length;
  std::size_t count = 0;
  for (; count < peeked; ++count) {
    const ram::PageView& view = views[count];
    if (view.addr >= length || (view.addr & (size - 1)) != 0) break;
    event::RamPage& page = room[count];
    page = {event::RamPageKind::zero, 0, false, block, view.addr, view.data, true};
    if (view.kind == ram::PageKind::full) {
      if (view.data.size() != size) break;
      page.kind = event::RamPageKind::full;
    } else if (view.kind == ram::PageKind::xbzrle) {
      if (view.data.size() > event::ram_flag::max_delta(size)) break;
      page.kind = event::RamPageKind::xbzrle;
    }
  }
  sections.take_pages(count);
  for (const event::RamPage& page : room.first(count)) events.pass(page);
  return count;
}

Status Reader::State::compressed(const asn1::SecFull& section) {
  auto read = extension::read_compressed(section);
  if (!read) return place(std::move(read.error()));
  if (!current.is_ram()) return refuse(Errc::bad_annotation, "", "a section of RAM to go on with", "none");
  if (read->block >= session.blocks().size())
    return place(broken(event::Rule::block_known, "a RAM block of the list", fmt::to_string(read->block)));
  const std::uint64_t size = session.page_size_or_default();
  if (size <= event::ram_flag::compress_page)
    return refuse(Errc::bad_annotation, "",
                  fmt::format("no compressed page, where pages have {} bytes", size), "one");
  if (const std::uint64_t most = event::ram_flag::max_compressed(size); read->data.size() > most)
    return place(broken(event::Rule::compressed_fits, fmt::format("at most {}", most),
                        fmt::to_string(read->data.size())));
  const bool names_block = read->names_block || !cursor.is_last(read->block);
  const event::RamPage page{
      event::RamPageKind::compressed, 0, names_block, read->block, read->addr, read->data, false};
  if (auto status = session.note(page); !status) return place(std::move(status.error()));
  cursor.pass_outside(page.block);
  events.give(page);
  return {};
}

/// It stands behind all that a mapped-ram file has at fixed places.
void Reader::State::control(std::uint64_t word) {
  events.give(event::RamControl{word});
  mapped.leave();
}

/// Records without a page, that stand before the first page.
Status Reader::State::check_controls(std::span<const std::uint64_t> words) const {
  for (const std::uint64_t word : words)
    if (!event::ram_flag::is_control(word, session.page_size_or_default()))
      return refuse(Errc::bad_annotation, "", "a record without a page", fmt::format("{:#x}", word));
  return {};
}

Status Reader::State::mapped_bitmap(const asn1::SecFull& section) {
  auto read = extension::read_mapped_bitmap(section);
  if (!read) return place(std::move(read.error()));
  if (auto status = mapped.pass(session.blocks(), *read); !status) return place(std::move(status.error()));
  events.give(*read);
  return {};
}

Status Reader::State::mapped_stale(const asn1::SecFull& section) {
  auto read = extension::read_mapped_stale(section);
  if (!read) return place(std::move(read.error()));
  if (auto status = mapped.pass(session.blocks(), *read); !status) return place(std::move(status.error()));
  events.give(*read);
  return {};
}

}  // namespace qember::qber
