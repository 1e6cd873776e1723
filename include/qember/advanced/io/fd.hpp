// SPDX-License-Identifier: LGPL-2.1-or-later
/// Reading and writing by a file descriptor, which none of these owns. Interrupted calls are made again, and
/// a descriptor that does not block is waited for.
#pragma once

#include <qember/advanced/core/result.hpp>
#include <qember/advanced/io/input.hpp>
#include <qember/advanced/io/output.hpp>

#include <string>

namespace qember::io {

// `name`: of the file, for errors, whose offset is that of the first byte that was not read or written.

/// Reads once, as much as is there; finishes the input at the end of the file. Invalidates its views.
Status fill(Input& input, int fd, const std::string& name = "input");

/// Writes all pieces, and clears the output.
Status drain(Output& output, int fd, const std::string& name = "output");

/// Reads what is there, at least one byte; returns how many, 0 at the end of the file alone.
Result<std::size_t> read_some(int fd, MutableBytes to, const std::string& name);
/// The same at that offset in the file, without moving the descriptor's.
Result<std::size_t> read_some_at(int fd, std::uint64_t offset, MutableBytes to, const std::string& name);

/// Writes all of `bytes`; waits for a descriptor that does not block.
Status write_all(int fd, ByteView bytes, const std::string& name);
/// Writes all of `bytes` at that offset in the file, without moving the descriptor's.
Status write_at(int fd, std::uint64_t offset, ByteView bytes, const std::string& name);
/// Fills `to` from that offset in the file on, with zeros behind its end.
Status read_at(int fd, std::uint64_t offset, MutableBytes to, const std::string& name);

}  // namespace qember::io
