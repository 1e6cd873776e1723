// SPDX-License-Identifier: LGPL-2.1-or-later
/// Reads the fields of one element of the native form. When the bytes run out it remembers the field
/// that was short, and everything read from then on is zero or empty.
#pragma once

#include <qember/advanced/core/result.hpp>
#include <qember/advanced/core/text.hpp>
#include <qember/advanced/io/input.hpp>

#include <fmt/format.h>

namespace qember::event {

class Cursor {
 public:
  Cursor(io::Input& input, std::size_t at = 0) : input_(&input), view_(input.view()), at_(at) {}

  template <class T>
  T be(std::string_view field) {
    const ByteView taken = bytes(sizeof(T), field);
    return taken.empty() ? T{0} : load_be<T>(taken.data());
  }
  ByteView bytes(std::size_t count, std::string_view field) {
    if (short_) return {};
    begin_field(field);
    if (view_.size() - at_ < count) {
      short_ = true;
      input_->want(at_ + count);
      return {};
    }
    const ByteView taken = view_.subspan(at_, count);
    at_ += count;
    return taken;
  }
  /// u8 length, then as many bytes.
  ByteView counted(std::string_view field) {
    if (short_) return {};
    const std::size_t start = at_;
    const ByteView taken = bytes(be<std::uint8_t>(field), field);
    field_at_ = start;
    return taken;
  }
  /// The next byte without taking it; -1 at the end.
  int peek() const { return at_ < view_.size() ? view_[at_] : -1; }
  void begin_field(std::string_view field) {
    field_ = field;
    field_at_ = at_;
  }

  bool is_short() const { return short_; }
  std::size_t at() const { return at_; }
  /// The bytes not read yet.
  ByteView rest() const { return view_.subspan(at_); }

  /// That the input does not go on: wait for more, or the stream is cut there.
  Error shortage(std::string_view path) const {
    const Errc code = input_->finished() ? Errc::truncated : Errc::need_more;
    return {code, input_->offset() + field_at_, join(path), "more bytes", "the end of the input"};
  }
  /// That the last field can't be accepted.
  Error refuse(Errc code, std::string_view path, std::string expected, std::string found) const {
    return place({code, 0, {}, std::move(expected), std::move(found)}, path);
  }
  /// That the unread bytes can't be accepted. It shows `most` of them, and whether there are more, so that
  /// these are awaited: the error is the same however the input arrives.
  Error refuse_bytes(Errc code, std::string_view path, std::string expected, std::size_t most) const {
    if (view_.size() <= most && !input_->finished()) {
      input_->want(most + 1);
      return {Errc::need_more, input_->offset(), std::string(path), "more bytes", "none"};
    }
    return refuse(code, path, std::move(expected), hex_excerpt(view_, most));
  }
  /// The same, of an error that has no place yet.
  Error place(Error error, std::string_view path) const {
    error.offset = input_->offset() + field_at_;
    error.path = join(path);
    return error;
  }

 private:
  std::string join(std::string_view path) const {
    return field_.empty() ? std::string(path) : fmt::format("{}.{}", path, field_);
  }

  io::Input* input_;
  ByteView view_;
  std::size_t at_;
  std::size_t field_at_ = 0;
  std::string_view field_;
  bool short_ = false;
};

}  // namespace qember::event
