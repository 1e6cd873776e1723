// SPDX-License-Identifier: LGPL-2.1-or-later
/// A value or an `Error`.
#pragma once

#include <qember/advanced/core/error.hpp>

#include <optional>
#include <utility>
#include <variant>

namespace qember {

/// A value of type `T`, or an error.
template <class T>
class [[nodiscard]] Result {
 public:
  /// Success, with that value.
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  /// Failure.
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  /// Whether there is a value.
  bool ok() const noexcept { return state_.index() == 0; }
  /// The same as `ok()`.
  explicit operator bool() const noexcept { return ok(); }

  /// The value; only where `ok()`.
  T& operator*() noexcept { return *std::get_if<0>(&state_); }
  /// The value; only where `ok()`.
  const T& operator*() const noexcept { return *std::get_if<0>(&state_); }
  /// The value; only where `ok()`.
  T* operator->() noexcept { return std::get_if<0>(&state_); }
  /// The value; only where `ok()`.
  const T* operator->() const noexcept { return std::get_if<0>(&state_); }

  /// The error; only where not `ok()`.
  Error& error() noexcept { return *std::get_if<1>(&state_); }
  /// The error; only where not `ok()`.
  const Error& error() const noexcept { return *std::get_if<1>(&state_); }

  /// The value, or an `Exception` for those who want one.
#if __has_cpp_attribute(gnu::no_dangling)
  [[gnu::no_dangling]]  // A view that is the value is none of this object.
#endif
  T or_throw() && {
    if (!ok()) throw Exception(std::move(error()));
    return std::move(**this);
  }

 private:
  std::variant<T, Error> state_;
};

/// Success, or an `Error`.
class [[nodiscard]] Status {
 public:
  /// Success.
  // Were it defaulted, `{}` would zero the room for an error.
  Status() noexcept {}  // NOLINT(modernize-use-equals-default)
  /// Failure.
  Status(Error error) : error_(std::move(error)) {}

  /// Whether it is success.
  bool ok() const noexcept { return !error_; }
  /// The same as `ok()`.
  explicit operator bool() const noexcept { return ok(); }
  /// The error; only where not `ok()`.
  Error& error() noexcept { return *error_; }
  /// The error; only where not `ok()`.
  const Error& error() const noexcept { return *error_; }

  /// Nothing, or an `Exception` for those who want one.
  void or_throw() && {
    if (error_) throw Exception(std::move(*error_));
  }

 private:
  std::optional<Error> error_;
};

}  // namespace qember
