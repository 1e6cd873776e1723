// SPDX-License-Identifier: LGPL-2.1-or-later
#include "records.hpp"

#include <qember/advanced/core/text.hpp>

#include "rule.hpp"

#include <algorithm>
#include <iterator>

namespace qember::event {
namespace {

/// Bytes that an error shows.
constexpr std::size_t most_shown = 8;

/// Block migration: be64, sector and flags in one.
Record block_record(Cursor& cursor) {
  constexpr std::uint64_t device_block = 1, eos = 2, progress = 4, zero_block = 8, flags = 511;
  constexpr std::uint64_t block_size = std::uint64_t{1} << 20U;
  const std::uint64_t flag = cursor.be<std::uint64_t>("header") & flags;
  if (flag == eos) return {0, true, false};
  if (flag == progress) return {};
  if ((flag & ~zero_block) != device_block) return {0, false, true};
  cursor.counted("device");
  return {flag == device_block ? block_size : 0, false, false};
}

Record dirty_bitmap_record(Cursor& cursor) {
  constexpr std::uint32_t eos = 0x01, zeroes = 0x02, bitmap_name = 0x04, device_name = 0x08, start = 0x10,
                          complete = 0x20, bits = 0x40, more_flags = 0x80;
  const std::uint32_t flags = cursor.be<std::uint8_t>("flags");
  if ((flags & more_flags) != 0) {
    const auto second = cursor.be<std::uint8_t>("flags");
    if ((second & more_flags) != 0) cursor.be<std::uint16_t>("flags");
  }
  if ((flags & device_name) != 0) cursor.counted("node");
  if ((flags & bitmap_name) != 0) cursor.counted("bitmap");
  switch (flags & (eos | start | complete | bits)) {
    case eos: return {0, true, false};
    case start: return cursor.bytes(5, "start"), Record{};
    case complete: return {};
    case bits:
      cursor.bytes(12, "bits");
      return {(flags & zeroes) != 0 ? 0 : cursor.be<std::uint64_t>("size"), false, false};
    default: return {0, false, true};
  }
}

/// The pSeries hash table: a first word, and where it is 0 chunks of entries of 16 bytes.
Record htab_record(Cursor& cursor, bool first) {
  if (first) return {0, cursor.be<std::uint32_t>("header") != 0, false};
  const auto index = cursor.be<std::uint32_t>("index");
  const auto valid = cursor.be<std::uint16_t>("valid");
  const auto invalid = cursor.be<std::uint16_t>("invalid");
  return {std::uint64_t{16} * valid, index == 0 && valid == 0 && invalid == 0, false};
}

Record storage_attributes_record(Cursor& cursor) {
  constexpr std::uint64_t eos = 1, more = 2, error = 4, done = 8, flags = 0xfff;
  switch (cursor.be<std::uint64_t>("header") & flags) {
    case eos: return {0, true, false};
    case more: return {cursor.be<std::uint64_t>("size"), false, false};
    case done:
    case error: return {};
    default: return {0, false, true};
  }
}

Record vfio_record(Cursor& cursor) {
  constexpr std::uint64_t base = 0xffffffffef100000;
  switch (cursor.be<std::uint64_t>("flag") - base) {
    case 1: return {0, true, false};                                  // END_OF_STATE
    case 4: return {cursor.be<std::uint64_t>("size"), false, false};  // DATA_STATE
    case 3:                                                           // SETUP_STATE
    case 5:                                                           // INIT_DATA_SENT
    case 6: return {};                                                // CONFIG_LOAD_READY
    default: return {0, false, true};
  }
}

}  // namespace

Record next_record(Cursor& cursor, BodyKind kind, bool first) {
  switch (kind) {
    case BodyKind::block: return block_record(cursor);
    case BodyKind::dirty_bitmap: return dirty_bitmap_record(cursor);
    case BodyKind::htab: return htab_record(cursor, first);
    case BodyKind::storage_attributes: return storage_attributes_record(cursor);
    case BodyKind::vfio: return vfio_record(cursor);
    case BodyKind::ram:
    case BodyKind::device: break;
  }
  return {0, false, true};
}

Error unknown_record(std::string_view name) {
  return broken(Rule::record_known, fmt::format("a record of {:?} that has a known size", name), "another");
}

void Records::begin(BodyKind kind, std::string_view name, std::uint64_t offset) {
  kind_ = kind;
  name_ = name;
  held_.clear();
  at_ = payload_ = 0;
  count_ = 0;
  ended_ = false;
  runs_.assign(1, {0, offset});
}

Status Records::take(ByteView piece, std::uint64_t offset) {
  if (!has_records()) return {};
  note_run(at_ + held_.size(), offset);
  ByteView view = piece;
  if (!held_.empty()) {
    std::ranges::copy(piece, std::back_inserter(held_));
    view = held_;
  }
  while (!view.empty()) {
    auto size = static_cast<std::size_t>(std::min<std::uint64_t>(payload_, view.size()));
    payload_ -= size;
    if (size == 0) {
      // Awaited as far as an error shows it, which is the same then for any pieces.
      if (ended_ && view.size() <= most_shown) break;
      if (ended_) return behind_end(view);
      io::Input input = io::Input::over(view);
      Cursor cursor(input);
      const Record record = next_record(cursor, kind_, count_ == 0);
      if (cursor.is_short()) break;
      if (record.unknown) return placed(cursor.place(unknown_record(name_), path()));
      ++count_;
      payload_ = record.payload;
      ended_ = record.ends;
      size = cursor.at();
    }
    at_ += size;
    view = view.subspan(size);
  }
  held_ = Bytes(view.begin(), view.end());
  return {};
}

Error Records::behind_end(ByteView found) const {
  return {Errc::missing_end_mark, offset_of(at_), {}, "the end of the body", hex_excerpt(found, most_shown)};
}

Status Records::end() const {
  if (!has_records() || (ended_ && held_.empty())) return {};
  if (ended_) return behind_end(held_);
  const auto refuse = [](std::uint64_t offset, std::string path, std::string expected) {
    return Error{Errc::missing_end_mark, offset, std::move(path), std::move(expected), "the end of the body"};
  };
  if (payload_ > 0)
    return refuse(offset_of(at_), fmt::format("record[{}].data", count_ - 1),
                  fmt::format("{} more bytes", payload_));
  io::Input input = io::Input::over(held_);
  Cursor cursor(input);
  next_record(cursor, kind_, count_ == 0);
  const Error shortage = placed(cursor.shortage(path()));
  return refuse(shortage.offset, shortage.path, held_.empty() ? "a record that ends the body" : "more bytes");
}

/// What comes from `begin` on is at that offset.
void Records::note_run(std::uint64_t begin, std::uint64_t offset) {
  while (runs_.size() > 1 && runs_[1].begin <= at_) runs_.erase(runs_.begin());
  if (runs_.back().begin == begin) runs_.pop_back();
  if (runs_.empty() || runs_.back().offset + (begin - runs_.back().begin) != offset)
    runs_.push_back({begin, offset});
}

std::uint64_t Records::offset_of(std::uint64_t at) const {
  auto run = runs_.rbegin();
  while (run->begin > at) ++run;
  return run->offset + (at - run->begin);
}

Error Records::placed(Error error) const {
  error.offset = offset_of(at_ + error.offset);
  return error;
}

}  // namespace qember::event
