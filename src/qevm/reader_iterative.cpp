// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of the reader that finds the end of iterative sections other than `ram`, by their records.
#include <qember/advanced/qevm/reader.hpp>

#include "../event/records.hpp"

#include <algorithm>

namespace qember::qevm {

Result<event::Event> Reader::read_iterative() {
  event::Cursor cursor(input_);
  const std::string path = fmt::format("{}.record[{}]", section_path(), pages_);
  const event::Record record = event::next_record(cursor, kind_, pages_ == 0);
  if (cursor.is_short()) return cursor.shortage(path);
  if (record.unknown) return cursor.place(event::unknown_record(section_.name), path);
  ++pages_;
  payload_ = record.payload;
  payload_ends_body_ = record.ends;
  state_ = payload_ > 0 ? State::payload : record.ends ? State::footer : State::iterative;
  return take(event::Body{input_.view().first(cursor.at())}, cursor.at());
}

Result<event::Event> Reader::read_payload() {
  const ByteView view = input_.view();
  if (view.empty()) {
    event::Cursor cursor(input_);
    cursor.bytes(1, "data");
    return cursor.shortage(section_path());
  }
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(payload_, view.size()));
  payload_ -= size;
  if (payload_ == 0) state_ = payload_ends_body_ ? State::footer : State::iterative;
  return take(event::Body{view.first(size)}, size);
}

}  // namespace qember::qevm
