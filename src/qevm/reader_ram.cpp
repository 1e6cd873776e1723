// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of the reader that reads the section `ram`.
#include <qember/advanced/core/text.hpp>
#include <qember/advanced/qevm/reader.hpp>

#include "../event/block_list.hpp"
#include "../event/cursor.hpp"
#include "../event/ram_records.hpp"
#include "../event/rule.hpp"

namespace qember::qevm {
namespace {

constexpr std::uint64_t smallest_page_mask = event::min_page_size - 1;

}  // namespace

Result<bool> Reader::read_block(event::Cursor& cursor, std::uint64_t left, event::RamBlock& block,
                                bool& last) {
  const ByteView name = cursor.counted("name");
  block.name = as_text(name);
  block.length = cursor.be<std::uint64_t>("length");
  if (cursor.is_short()) return false;
  if (block.length > left)
    return cursor.place(
        broken(event::Rule::block_lengths, fmt::format("at most {}", left), fmt::to_string(block.length)),
        "");
  last = block.length == left;
  if (session_.advised_page_sizes() != 0) {
    event::Cursor ahead = cursor;
    const auto size = ahead.be<std::uint64_t>("page_size");
    // The end mark follows the last block at least.
    if (ahead.is_short()) return cursor = ahead, false;
    if (event::is_advised_page_size(size, session_)) {
      block.page_size = size;
      cursor = ahead;
    }
  }
  if (session_.ignore_shared()) block.address = cursor.be<std::uint64_t>("address");
  return !cursor.is_short();
}

/// Block by block, so that a list which comes in small pieces is not read from its beginning for each.
Result<event::Event> Reader::read_blocks() {
  const std::string path = section_path();
  if (!list_) {
    event::Cursor cursor(input_);
    const auto word = cursor.be<std::uint64_t>("totalram");
    if (cursor.is_short()) return cursor.shortage(path);
    if ((word & smallest_page_mask) != event::ram_flag::mem_size)
      return cursor.refuse(Errc::bad_tag, path, "the list of RAM blocks", fmt::format("{:#x}", word));
    const std::uint64_t total = word & ~smallest_page_mask;
    if (session_.mapped_ram()) return read_mapped_blocks(total);
    list_ = BlockList{input_.offset(), total, total, {}};
    input_.consume(cursor.at());
  }
  for (bool last = list_->total == 0; !last;) {
    event::Cursor cursor(input_);
    const std::string block_path = fmt::format("{}.block[{}]", path, list_->blocks.size());
    if (list_->blocks.size() >= limits_.max_blocks)
      return cursor.refuse(Errc::limit, block_path, fmt::format("at most {} RAM blocks", limits_.max_blocks),
                           "more");
    event::RamBlock block;
    auto complete = read_block(cursor, list_->left, block, last);
    if (!complete) return std::move(complete.error()).within(block_path);
    if (!*complete) return cursor.shortage(block_path);
    list_->left -= block.length;
    list_->blocks.push_back(std::move(block));
    input_.consume(cursor.at());
  }
  const std::uint64_t total = list_->total;
  event_offset_ = list_->offset;
  auto blocks = std::move(list_->blocks);
  list_.reset();
  if (auto status = session_.open_blocks(total, std::move(blocks)); !status) {
    status.error().offset = event_offset_;
    return std::move(status.error()).within(path);
  }
  blocks_pending_ = false;
  return event::Event{event::RamBlocks{total, session_.blocks()}};
}

Result<event::Event> Reader::read_ram() {
  event::Cursor cursor(input_);
  const auto word = cursor.be<std::uint64_t>("page");
  if (cursor.is_short()) return cursor.shortage(section_path());
  if (word == event::ram_flag::eos) {
    input_.consume(cursor.at());
    state_ = State::footer;
    return read_footer();
  }
  if (event::ram_flag::is_control(word, session_.page_size_or_default()))
    return take(event::RamControl{word}, cursor.at());
  if (!session_.page_size()) {
    if (auto status = find_page_size(); !status) return std::move(status.error());
  }
  return read_page(cursor, word);
}

Result<event::Event> Reader::read_page(event::Cursor& cursor, std::uint64_t word) {
  const std::uint64_t size = *session_.page_size();
  const std::uint64_t flags = word & (size - 1);
  event::RamPage page;
  page.addr = word & ~(size - 1);
  page.names_block = (flags & event::ram_flag::same_block) == 0;
  const auto path = [this] { return fmt::format("{}.page[{}]", section_path(), pages_); };
  const auto refuse_word = [&](std::string_view expected) {
    return refuse(Errc::bad_tag, path(), std::string(expected), fmt::format("{:#x}", word));
  };

  if ((flags & ~event::ram_flag::all) != 0)
    return place(broken(event::Rule::page_aligned, fmt::format("a multiple of {:#x}", size),
                        fmt::format("{:#x}", word & ~event::ram_flag::all)),
                 path() + ".addr");
  if (page.names_block) {
    const ByteView name = cursor.counted("block");
    if (cursor.is_short()) return cursor.shortage(path());
    const auto block = session_.find_block(name);
    if (!block)
      return cursor.place(
          broken(event::Rule::block_known, "the name of a RAM block", fmt::format("{:?}", as_text(name))),
          path());
    page.block = *block;
  } else {
    if (!session_.last_block()) return refuse_word("a page that names its block, as the first");
    page.block = *session_.last_block();
  }

  switch (flags & ~event::ram_flag::same_block) {
    case event::ram_flag::zero: page.fill = cursor.be<std::uint8_t>("fill"); break;
    case event::ram_flag::page:
      page.kind = event::RamPageKind::full;
      page.data = cursor.bytes(size, "data");
      break;
    case event::ram_flag::xbzrle: {
      page.kind = event::RamPageKind::xbzrle;
      const auto encoding = cursor.be<std::uint8_t>("encoding");
      if (!cursor.is_short() && encoding != event::ram_flag::xbzrle_encoding)
        return cursor.refuse(Errc::bad_value, path(), "01", hex_excerpt({&encoding, 1}));
      const auto length = cursor.be<std::uint16_t>("length");
      if (length > size)
        return cursor.place(
            broken(event::Rule::delta_fits, fmt::format("at most {}", size), fmt::to_string(length)), path());
      page.data = cursor.bytes(length, "data");
      break;
    }
    case event::ram_flag::compress_page: {
      page.kind = event::RamPageKind::compressed;
      const auto length = cursor.be<std::uint32_t>("length");
      const std::uint64_t most = event::ram_flag::max_compressed(size);
      if (length > most)
        return cursor.place(
            broken(event::Rule::compressed_fits, fmt::format("at most {}", most), fmt::to_string(length)),
            path());
      page.data = cursor.bytes(length, "data");
      break;
    }
    default: return refuse_word("one kind of page");
  }
  if (cursor.is_short()) return cursor.shortage(path());
  Status status = session_.note(page);
  if (!status) {
    status.error().offset = input_.offset();
    status.error().path = path() + ".addr";
    in_sync_ = true;
  }
  ++pages_;
  event::Event event = take(page, cursor.at());
  if (!status) return std::move(status.error());
  return event;
}

/// Of the records that don't name their block.
std::size_t Reader::next_pages(std::span<event::RamPage> room) {
  if (failed_ || state_ != State::ram || blocks_pending_ || !session_.page_size() || !session_.last_block())
    return 0;
  const std::uint64_t size = *session_.page_size();
  const std::uint32_t block = *session_.last_block();
  const std::uint64_t length = session_.blocks()[block].length;
  const ByteView view = input_.view();
  std::size_t at = 0;
  std::size_t count = 0;
  for (std::size_t next = 0; count < room.size(); at = next) {
    constexpr std::size_t header = sizeof(std::uint64_t);
    if (view.size() - next <= header) break;
    const auto word = load_be<std::uint64_t>(view.data() + next);
    const std::uint64_t addr = word & ~(size - 1);
    if (addr >= length) break;
    event::RamPage& page = room[count];
    switch (word & (size - 1)) {
      case event::ram_flag::same_block | event::ram_flag::zero:
        page = {event::RamPageKind::zero, view[next + header], false, block, addr, {}, true};
        next += header + 1;
        break;
      case event::ram_flag::same_block | event::ram_flag::page:
        if (view.size() - next - header < size) break;
        page = {event::RamPageKind::full, 0, false, block, addr, view.subspan(next + header, size), true};
        next += header + size;
        break;
      default: break;
    }
    if (next == at) break;
    ++count;
    event_offset_ = input_.offset() + at;
  }
  pages_ += count;
  input_.consume(at);
  return count;
}

namespace {

/// What one page size makes of the records ahead.
enum class Verdict : std::uint8_t {
  impossible,
  strayed,    ///< they end with a page that lies outside its block
  starved,    ///< the input ends within them
  possible,   ///< all are records
  confirmed,  ///< and pages are that far apart
};

/// The record of one page under the assumption that pages have `size` bytes; false where there is no
/// such record.
bool skip_payload(event::Cursor& cursor, std::uint64_t kind, std::uint64_t size) {
  switch (kind) {
    case event::ram_flag::zero: cursor.bytes(1, ""); return true;
    case event::ram_flag::page: cursor.bytes(size, ""); return true;
    case event::ram_flag::compress_page: {
      const auto length = cursor.be<std::uint32_t>("");
      if (length > event::ram_flag::max_compressed(size)) return false;
      cursor.bytes(length, "");
      return true;
    }
    // Of a small guest, the second pass is near.
    case event::ram_flag::xbzrle: {
      const auto encoding = cursor.be<std::uint8_t>("");
      const auto length = cursor.be<std::uint16_t>("");
      if (cursor.is_short()) return true;
      if (encoding != event::ram_flag::xbzrle_encoding || length > size) return false;
      cursor.bytes(length, "");
      return true;
    }
    default: return false;
  }
}

/// Walks that many records of one section. Two pages of one block that are exactly one page apart confirm
/// the size; anything that is no record refutes it.
Verdict try_page_size(event::Cursor cursor, std::uint64_t size, int records, const event::Session& session) {
  using enum Verdict;
  std::optional<std::uint32_t> block = session.last_block();
  std::uint64_t next = 0;  // the address that would confirm; the first page can't
  Verdict verdict = possible;
  for (int record = 0; record < records; ++record) {
    const auto word = cursor.be<std::uint64_t>("");
    if (cursor.is_short()) return starved;
    if (word == event::ram_flag::eos) return verdict;
    if (event::ram_flag::is_control(word, size)) continue;
    const std::uint64_t flags = word & (size - 1);
    const std::uint64_t addr = word & ~(size - 1);
    if ((flags & event::ram_flag::same_block) == 0) {
      const ByteView name = cursor.counted("");
      if (cursor.is_short()) return starved;
      const auto found = session.find_block(name);
      if (found != block) next = 0;
      block = found;
    }
    if (!block) return impossible;
    // A page outside its block is an error of its own, for when the size is known.
    if (addr >= session.blocks()[*block].length)
      return record == 0 ? impossible : verdict == confirmed ? confirmed : strayed;
    if (next != 0 && addr == next) verdict = confirmed;
    if (!skip_payload(cursor, flags & ~event::ram_flag::same_block, size)) return impossible;
    next = addr + size;
  }
  return verdict;
}

}  // namespace

/// Sixteen records tell, mostly; else 256 do. What is decided depends on these alone, not on how much of the
/// input happens to be there.
Status Reader::find_page_size() {
  // Not for each byte anew.
  if (input_.view().size() < page_size_wants_ && !input_.finished())
    return starved(section_path() + ".page[0]");
  std::vector<std::uint64_t> confirmed;
  std::vector<std::uint64_t> possible;
  bool is_cut = false;  // by all sizes that fit, the input ends within a record
  for (const int records : {16, 256}) {
    confirmed.clear();
    possible.clear();
    is_cut = false;
    bool is_whole = false;
    for (std::uint64_t size = event::min_page_size; size <= event::max_page_size; size *= 2) {
      const Verdict verdict = try_page_size(event::Cursor(input_), size, records, session_);
      if (verdict == Verdict::starved && !input_.finished()) {
        page_size_wants_ = input_.view().size() + input_.view().size() / 16 + 1;
        return starved(section_path() + ".page[0]");
      }
      is_cut |= verdict == Verdict::starved;
      is_whole |= verdict >= Verdict::possible;
      if (verdict == Verdict::confirmed)
        confirmed.push_back(size);
      else if (verdict != Verdict::impossible)
        possible.push_back(size);
    }
    is_cut &= !is_whole;
    if (confirmed.size() == 1) break;
  }
  const auto& sizes = confirmed.empty() ? possible : confirmed;
  if (sizes.size() > 1 && is_cut)
    return Error{Errc::truncated, input_.offset() + input_.view().size(), section_path() + ".page[0]",
                 "pages that show their size", "the end of the input"};
  if (sizes.empty())
    return refuse(Errc::page_size_unknown, section_path() + ".page[0]", "a page size that the pages fit",
                  "none");
  if (sizes.size() > 1)
    return refuse(Errc::page_size_unknown, section_path() + ".page[0]", "pages that show their size",
                  fmt::format("{} that fit", fmt::join(sizes, ", ")));
  session_.set_page_size(sizes.front());
  return {};
}

}  // namespace qember::qevm
