// SPDX-License-Identifier: LGPL-2.1-or-later
/// Exit codes, and errors as lines.
#pragma once

#include <qember/advanced/core/error.hpp>

#include <string>

namespace qember::vm {
class OpenedStream;
}

namespace qember::cli {

/// The codes are part of the command's interface; never a count.
enum ExitCode : int {
  exit_ok = 0,
  exit_invalid = 1,      ///< also an unknown magic, and the wrong direction
  exit_usage = 2,        ///< also input and output, a closed pipe too
  exit_truncated = 3,    ///< the input ends early, sound up to there
  exit_unsupported = 4,  ///< valid, and not supported, or beyond the limits
  exit_likely = 5,       ///< of preflight: nothing certain, something likely
  exit_internal = 70,
};

ExitCode exit_code(Errc code) noexcept;

/// Of two codes the one that counts: 70, then 2, 1, 3, 4, 5, 0.
ExitCode worse(ExitCode a, ExitCode b) noexcept;

/// Where an error is: in a file, or in the stream that a container in it holds.
struct Place {
  Place(std::string file) : file(std::move(file)) {}
  Place(const char* file) : file(file) {}
  Place(std::string file, const vm::OpenedStream& stream);

  std::string file;
  std::string containers{};      ///< around the stream, such as `libvirt save (zstd)`; empty for a bare one
  bool has_file_offsets = true;  ///< else offsets count from the first byte of the stream
};

/// `FILE:OFFSET: PATH: expected X, found Y`, without the offset for what was asked for and is not there; of
/// `Errc::io`, `NAME: MESSAGE`: see `to_string`. Containers
/// stand before the path, such as `libvirt save (zstd) > QEVM.section[1]`; where the offset is not the
/// file's, that is said.
std::string line_of(const Place& place, const Error& error);
/// The same as an object: file, offset, path, code, expected, found, and schema_fingerprint where the error
/// names a schema; of `Errc::io`, file, offset, code and message. Of a stream in containers, those as
/// `container`, and `offset_in`, which is `file` or `stream`.
std::string json_of(const Place& place, const Error& error);

/// Prints the line on standard error and returns the exit code.
ExitCode fail(const Place& place, const Error& error);

}  // namespace qember::cli
