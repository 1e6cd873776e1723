// SPDX-License-Identifier: LGPL-2.1-or-later
/// Changes to a saved VM, which what depends on them follows: sums, lengths, counts, the description.
///
///     const auto source = qember::open_source(argv[1]).or_throw();
///     const std::vector edits{qember::parse_edit("machine", "pc-i440fx-9.0").or_throw()};
///     const auto drop = [](qember::Output& output) {
///       output.clear();
///       return qember::Status();
///     };
///     static_cast<void>(qember::edit(*source, drop, edits));  // an error where there is no machine to name
///
/// - An edit that names nothing in the stream is an error, `Errc::usage`. After an error what was passed on
/// is
///   to be thrown away.
/// - The stream keeps its form. It is read once, in memory within `Limits`; pipes are taken too.
/// - Distinct calls may run concurrently.
#pragma once

#include <qember/advanced/core/cxx20.hpp>

#include <qember/advanced/vm/edit.hpp>
#include <qember/source.hpp>

namespace qember {

using vm::edit;
/// One change.
using vm::Edit;
/// How a stream is edited.
using vm::EditOptions;
/// What is written to.
using io::Output;
using vm::parse_edit;

}  // namespace qember
