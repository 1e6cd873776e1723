// SPDX-License-Identifier: LGPL-2.1-or-later
/// Checks of the files that a command is given, before it reads or writes one. `-` is standard input or
/// output.
#pragma once

#include <qember/advanced/core/result.hpp>

#include <span>
#include <string>

namespace qember::io {

/// `Errc::usage` where both are one file, by whatever names: what is read is never written to.
Status check_not_input(const std::string& output, const std::string& input);

/// `Errc::usage` where an input is there twice that can be read once: standard input, a FIFO.
Status check_read_once(std::span<const std::string> inputs);

/// Whether a file can be read again, as a regular file and a block device can.
Result<bool> is_seekable(const std::string& input);

}  // namespace qember::io
