// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of the reader that finds the end of iterative sections other than `ram`: each is a list of
// records with a mark at its end, and is carried as it is.
#include <qember/native/reader.hpp>

#include "cursor.hpp"

namespace qember::native {
namespace {

struct Record {
  std::uint64_t payload = 0;  ///< octets after the record's own fields
  bool ends = false;          ///< the body
  bool unknown = false;
};

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
  std::uint32_t flags = cursor.be<std::uint8_t>("flags");
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

/// The pSeries hash table: a first word, and where it is 0 chunks of entries of 16 octets.
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
    case 3: return {};                                                // SETUP_STATE
    case 4: return {cursor.be<std::uint64_t>("size"), false, false};  // DATA_STATE
    case 5: return {};                                                // INIT_DATA_SENT
    case 6: return {};                                                // CONFIG_LOAD_READY
    default: return {0, false, true};
  }
}

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

}  // namespace

Result<Event> Reader::read_iterable() {
  Cursor cursor(input_);
  const std::string path = fmt::format("{}.record[{}]", section_path(), pages_);
  const Record record = next_record(cursor, kind_, pages_ == 0);
  if (cursor.is_short()) return cursor.shortage(path);
  if (record.unknown)
    return cursor.refuse(Errc::unsupported, path,
                         fmt::format("a record of {:?} that has a known size", section_.name), "another");
  ++pages_;
  payload_ = record.payload;
  payload_ends_body_ = record.ends;
  state_ = payload_ > 0 ? State::payload : record.ends ? State::footer : State::iterable;
  return take(Body{input_.view().first(cursor.at())}, cursor.at());
}

Result<Event> Reader::read_payload() {
  const ByteView view = input_.view();
  if (view.empty()) {
    Cursor cursor(input_);
    cursor.bytes(1, "data");
    return cursor.shortage(section_path());
  }
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(payload_, view.size()));
  payload_ -= size;
  if (payload_ == 0) state_ = payload_ends_body_ ? State::footer : State::iterable;
  return take(Body{view.first(size)}, size);
}

}  // namespace qember::native
