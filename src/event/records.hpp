// SPDX-License-Identifier: LGPL-2.1-or-later
/// The records in the body of an iterative section other than `ram`: each tells its size, and the last one
/// that it is the last.
#pragma once

#include <qember/advanced/event/session.hpp>

#include "cursor.hpp"

namespace qember::event {

struct Record {
  std::uint64_t payload = 0;  ///< bytes after the record's own fields
  bool ends = false;          ///< the body
  bool unknown = false;
};

/// Of a body that is neither of RAM nor of a device. `first`: in its section.
Record next_record(Cursor& cursor, BodyKind kind, bool first);

/// That one is such as has no known size; `name`: of the section.
Error unknown_record(std::string_view name);

/// Follows the records of a body that comes in pieces from anywhere in the input.
class Records {
 public:
  /// A body of that kind, of the section with that name, which is at `offset`.
  void begin(BodyKind kind, std::string_view name, std::uint64_t offset);
  /// The next piece, and where in the input it is. A record that has not come whole is held, some 600 bytes
  /// at most. An error has its offset, and as its path the record's.
  Status take(ByteView piece, std::uint64_t offset);
  /// That the body ends here.
  Status end() const;

 private:
  /// Bytes of the body that follow one another in the input.
  struct Run {
    std::uint64_t begin;
    std::uint64_t offset;
  };

  bool has_records() const { return kind_ != BodyKind::ram && kind_ != BodyKind::device; }
  void note_run(std::uint64_t begin, std::uint64_t offset);
  std::uint64_t offset_of(std::uint64_t at) const;
  std::string path() const { return fmt::format("record[{}]", count_); }
  Error placed(Error error) const;
  Error behind_end(ByteView found) const;

  BodyKind kind_ = BodyKind::device;
  std::string name_;
  Bytes held_;                 ///< the begin of a record
  std::uint64_t at_ = 0;       ///< bytes of the body before `held_`
  std::uint64_t payload_ = 0;  ///< bytes of the last record that are still to come
  std::size_t count_ = 0;
  bool ended_ = false;
  std::vector<Run> runs_;  ///< where `held_` and what comes behind it is
};

}  // namespace qember::event
