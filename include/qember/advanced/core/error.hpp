// SPDX-License-Identifier: LGPL-2.1-or-later
/// The one error value.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace qember {

/// What went wrong. The names that `name_of` gives are stable.
enum class Errc : std::uint8_t {
  need_more,             ///< not an error: the bytes end inside an element, and more may come
  truncated,             ///< the input ended there; sound up to there
  bad_tag,               ///< another element than the schema or the format has there
  bad_length,            ///< a length that BER forbids, or that leaves its parent
  bad_value,             ///< contents that are no value of their type
  constraint,            ///< a value that the schema's constraints refuse
  limit,                 ///< more than the caller's `Limits` allow
  wrong_order,           ///< a section or element where it may not come
  missing_end_mark,      ///< a section or the stream without its end mark
  trailing_data,         ///< bytes after the end
  unknown_section,       ///< a section id that was not opened
  unknown_block,         ///< a RAM block that the block list does not name
  page_outside_block,    ///< a page address beyond the block's length
  page_unaligned,        ///< a page address that is no multiple of the page size
  bad_delta,             ///< an XBZRLE delta that is malformed or leaves the page
  page_size_unknown,     ///< nothing names the page size, or two things disagree
  description_mismatch,  ///< device state that its description does not fit
  bad_annotation,        ///< a `qember` section that does not make sense
  unknown_magic,         ///< neither QEMU's stream nor ours
  wrong_direction,       ///< the other of the two formats
  unsupported,           ///< valid, and not supported
  usage,                 ///< the caller's mistake
  io,                    ///< the operating system said no
  cancelled,             ///< the caller asked to stop, or whoever reads the output has gone away
  internal,              ///< our mistake
};

/// The stable name of a code, such as `bad_tag`.
std::string_view name_of(Errc code) noexcept;

/// What went wrong, where, and how it differs from what was expected.
struct Error {
  Errc code = Errc::internal;  ///< what went wrong
  /// Absolute, from the first byte of the input: the first byte of the element that can't be accepted.
  std::uint64_t offset = 0;
  /// Where that is in the schema or the format, such as `QemuFile.top[3].min.sectionid`. Of `Errc::io`, the
  /// name of the file.
  std::string path{};
  std::string expected{};  ///< in words, such as `a name of at most 255 bytes`
  std::string found{};     ///< of `Errc::io`, the system's message; nothing is expected then
  /// Where an element is refused since the schema has another one there, or none: the schema's fingerprint
  /// (`ber::Schema`), a view of static data. Else empty.
  std::string_view schema{};
  /// The name of the rule that is broken (`event::Rule`), or of what the caller can tell; static, or empty.
  std::string_view rule{};
  /// The fault is in what the stream is held in, such as the header of a libvirt save or gzip's data: the
  /// offset counts from that, not from the stream.
  bool in_container = false;

  /// The same error with `prefix` before its path.
  Error within(std::string_view prefix) &&;
};

/// `OFFSET: PATH: expected X, found Y`, and where the error names a schema, ` (schema FINGERPRINT)`. What was
/// asked for, `Errc::usage`, has no offset where it has no place in the stream. Of `Errc::io`, and where
/// nothing is expected, `NAME: MESSAGE`, such as `vm.save: No such file or directory`.
std::string to_string(const Error& error);

/// What `or_throw` throws.
class Exception : public std::runtime_error {
 public:
  /// Holds that error; `what` is its text.
  explicit Exception(Error error) : std::runtime_error(to_string(error)), error_(std::move(error)) {}
  /// The error, valid as long as this.
  const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

}  // namespace qember
