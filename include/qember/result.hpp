// SPDX-License-Identifier: LGPL-2.1-or-later
/// What every call of the library speaks: bytes, a value or an error, limits.
///
///     #include <qember/saved_vm.hpp>
///
///     #include <iostream>
///
///     const auto vm = qember::SavedVm::open("no such file");
///     if (!vm) {
///       const qember::Error& error = vm.error();
///       std::cout << name_of(error.code) << " at byte " << error.offset << ": " << to_string(error) << '\n';
///     }
///     qember::Limits limits;  // those for untrusted input
///     limits.max_held = std::size_t{64} << 20U;
///     static_cast<void>(qember::Limits::trusted());  // for streams of your own
///
/// - Errors are values. `Result<T>` has a `T` or an `Error`, `Status` nothing or an `Error`; both must be
///   looked at, and `or_throw()` makes an `Exception` of the error. The library throws nothing else but
///   `std::bad_alloc`.
/// - An `Error` has a code, the offset of the first byte that cannot be accepted, the path of that element in
///   the schema or the format, what was expected and what was found. They are the same however the input came
///   in pieces. `Errc::need_more` asks for more bytes, `Errc::truncated` is an input that ended early and is
///   sound up to there, `Errc::io` is the system's.
/// - `ByteView` refers to bytes that somebody else owns; who gives one says how long it is valid.
/// - `Limits{}` are those for untrusted input: memory stays below 64 MiB. What goes beyond one is refused as
///   `Errc::limit`.
#pragma once

#include <qember/advanced/core/cxx20.hpp>

#include <qember/advanced/core/bytes.hpp>
#include <qember/advanced/core/error.hpp>
#include <qember/advanced/core/integer.hpp>
#include <qember/advanced/core/limits.hpp>
#include <qember/advanced/core/result.hpp>
