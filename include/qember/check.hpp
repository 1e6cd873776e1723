// SPDX-License-Identifier: LGPL-2.1-or-later
/// What is wrong with a stream of either form, in one call.
///
///     #include <iostream>
///
///     const auto source = qember::open_source(argv[1]).or_throw();
///     qember::check(*source, [](const qember::Error& finding) {
///       std::cout << to_string(finding) << '\n';
///       return true;  // go on
///     });
///
/// - Each finding is given once, in the order of the stream, with the offset of the first byte that cannot be
///   accepted; a sound stream has none. After an element that was rejected the check resynchronises where the
///   form allows that. What the system could not read is a finding of `Errc::io`, the last.
/// - A finding is valid during the call. Returns whether all was looked at.
/// - Reads the stream once, in memory within `Limits`; distinct streams may be checked concurrently.
#pragma once

#include <qember/advanced/core/cxx20.hpp>

#include <qember/advanced/vm/check.hpp>
#include <qember/source.hpp>

namespace qember {

using vm::check;
/// How a stream is read.
using vm::StreamOptions;

}  // namespace qember
