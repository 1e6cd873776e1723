// SPDX-License-Identifier: LGPL-2.1-or-later
/// A value or an `Error`.
#pragma once

#include <qember/advanced/core/error.hpp>

#include <optional>
#include <utility>
#include <variant>

namespace qember {

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  /// The value; only where `ok()`.
  T& operator*() noexcept { return *std::get_if<0>(&state_); }
  const T& operator*() const noexcept { return *std::get_if<0>(&state_); }
  T* operator->() noexcept { return std::get_if<0>(&state_); }
  const T* operator->() const noexcept { return std::get_if<0>(&state_); }

  /// The error; only where not `ok()`.
  Error& error() noexcept { return *std::get_if<1>(&state_); }
  const Error& error() const noexcept { return *std::get_if<1>(&state_); }

  /// The value, or an `Exception` for those who want one.
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
  // Were it defaulted, `{}` would zero the room for an error.
  Status() noexcept {}  // NOLINT(modernize-use-equals-default)
  Status(Error error) : error_(std::move(error)) {}

  bool ok() const noexcept { return !error_; }
  explicit operator bool() const noexcept { return ok(); }
  Error& error() noexcept { return *error_; }
  const Error& error() const noexcept { return *error_; }

  void or_throw() && {
    if (error_) throw Exception(std::move(*error_));
  }

 private:
  std::optional<Error> error_;
};

}  // namespace qember
