// SPDX-License-Identifier: LGPL-2.1-or-later
/// Where the bytes of a stream come from: a file, a pipe, memory, or a class of your own.
///
///     const auto file = qember::open_source(argv[1]).or_throw();  // a path; - is standard input
///     qember::Bytes begin(4);
///     const std::size_t count = file->read_at(0, begin).or_throw();
///     const qember::MemorySource again(qember::ByteView(begin).first(count));
///     static_cast<void>(again.size());
///
/// - A source of your own derives from `ByteSource` and says its size, whether it can be read at any offset,
///   and what is there; `Errc::io` is for what the system refuses.
/// - `open_source` owns the file that it opens; `MemorySource` refers to bytes that outlive it.
/// - A seekable source may be read by several threads at once, any other by one, each byte once and in order.
/// - Offsets and sizes are in bytes, from the first byte of the source. A call waits for bytes to come.
#pragma once

#include <qember/advanced/core/cxx20.hpp>

#include <qember/advanced/io/byte_source.hpp>
#include <qember/advanced/io/descriptor_source.hpp>
#include <qember/advanced/io/memory_source.hpp>

namespace qember {

/// Bytes that are read by their offset.
using io::ByteSource;
/// A file descriptor as a source.
using io::DescriptorSource;
/// Bytes in memory as a source.
using io::MemorySource;
using io::open_source;

}  // namespace qember
