// SPDX-License-Identifier: LGPL-2.1-or-later
/// The text of `--help`.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace qember::cli {

/// Of the command or of one of its verbs, in lines of at most 80 columns.
std::string help_text(const CLI::App& app);

}  // namespace qember::cli
