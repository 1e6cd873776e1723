// SPDX-License-Identifier: LGPL-2.1-or-later
/// From QEMU's native stream to BER, and back to the same bytes, in one call.
///
///     const auto source = qember::open_source(argv[1]).or_throw();
///     qember::Bytes converted;
///     const auto append = [&converted](qember::Output& output) {
///       for (const auto& piece : output.pieces()) {
///         const auto* bytes = static_cast<const std::uint8_t*>(piece.iov_base);
///         converted.insert(converted.end(), bytes, bytes + piece.iov_len);
///       }
///       output.clear();
///       return qember::Status();
///     };
///     qember::convert(*source, append).or_throw();
///
/// A proxy in the middle of a live migration is `qember::convert(from, to)` with two descriptors.
///
/// - Lossless: what a native stream became in BER converts back byte for byte. The form is told by the first
///   bytes. Of what holds the stream, such as a libvirt save, nothing comes back: it is opened, and the
///   stream in it converted.
/// - What is ready is passed on before the source is waited for, in memory within `Limits`; pages are not
///   copied (zero-copy): pieces refer to the input, and are valid until `Output::clear`.
/// - Returns the first error, of the stream or of whoever takes the output. What was passed on until then is
///   sound, and no end mark follows it. An error that `drain` returns cancels the conversion. Of a pipe that
///   nobody reads any more the error is `Errc::cancelled`, in a program that ignores SIGPIPE.
/// - Distinct conversions may run concurrently.
#pragma once

#include <qember/advanced/core/cxx20.hpp>

#include <qember/advanced/vm/convert.hpp>
#include <qember/source.hpp>

namespace qember {

using vm::convert;
/// How a stream is converted.
using vm::ConvertOptions;
/// Takes what was written so far, and clears it.
using vm::Drain;
/// What was written: pieces for `writev`.
using io::Output;

}  // namespace qember
