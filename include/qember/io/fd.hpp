// SPDX-License-Identifier: LGPL-2.1-or-later
/// Feeding an input from a file descriptor and passing an output on to one. Neither owns it.
#pragma once

#include <qember/core/result.hpp>
#include <qember/io/input.hpp>
#include <qember/io/output.hpp>

namespace qember::io {

/// Reads once, as much as is there; finishes the input at the end of the file.
Status fill(Input& input, int fd);

/// Writes all pieces, and clears the output.
Status drain(Output& output, int fd);

}  // namespace qember::io
