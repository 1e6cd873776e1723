// SPDX-License-Identifier: LGPL-2.1-or-later
/// The bare stream out of what people hold it in, and into a save that libvirt restores.
///
///     const auto source = qember::open_source(argv[1]).or_throw();
///     std::size_t bytes = 0;
///     const auto count = [&bytes](qember::Output& output) {
///       bytes += output.pending();
///       output.clear();
///       return qember::Status();
///     };
///     qember::unwrap(*source, count).or_throw();
///
/// - The stream comes out byte for byte; with `UnwrapOptions::plain` as one that any QEMU of the machine's
///   version loads from a pipe.
/// - Errors, lifetime, memory and threads are those of `convert`, see qember/convert.hpp.
#pragma once

#include <qember/advanced/core/cxx20.hpp>

#include <qember/advanced/vm/unwrap.hpp>
#include <qember/source.hpp>

namespace qember {

/// What is written to.
using io::Output;
using vm::unwrap;
/// How a stream is unwrapped.
using vm::UnwrapOptions;
using vm::wrap;
/// What a libvirt save is made of.
using vm::WrapOptions;

}  // namespace qember
