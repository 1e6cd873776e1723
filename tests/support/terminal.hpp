// SPDX-License-Identifier: LGPL-2.1-or-later
/// Runs the command in a terminal.
#pragma once

#include "command.hpp"

namespace qember::test {

/// Runs the script in a terminal of 80 columns and 24 lines, where it finds the command as `$QEMBER`; `out`
/// is all that the terminal got, with ends of lines as they are in a file. Nobody types.
Ran in_terminal(const std::string& script);

}  // namespace qember::test
