// SPDX-License-Identifier: LGPL-2.1-or-later
/// Exit codes, and errors as lines.
#pragma once

#include <qember/core/error.hpp>

#include <string>

namespace qember::cli {

/// The codes are part of the command's interface; never a count.
enum ExitCode : int {
  exit_ok = 0,
  exit_invalid = 1,      ///< also an unknown magic, and the wrong direction
  exit_usage = 2,        ///< also input and output, a closed pipe too
  exit_truncated = 3,    ///< the input ends early, sound up to there
  exit_unsupported = 4,  ///< valid, and not supported, or beyond the limits
  exit_internal = 70,
};

ExitCode exit_code(Errc code) noexcept;

/// Of two codes the one that counts: 70, then 2, 1, 3, 4, 0.
ExitCode worse(ExitCode a, ExitCode b) noexcept;

/// `FILE:OFFSET: PATH: expected X, found Y`, without the offset for what was asked for and is not there; of
/// `Errc::io`, `NAME: MESSAGE`: see `to_string`.
std::string line_of(const std::string& file, const Error& error);
/// The same as an object: file, offset, path, code, expected, found, and schema_fingerprint where the error
/// names a schema; of `Errc::io`, file, offset, code and message.
std::string json_of(const std::string& file, const Error& error);

/// Prints the line on standard error and returns the exit code.
ExitCode fail(const std::string& file, const Error& error);

}  // namespace qember::cli
