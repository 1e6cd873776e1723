// SPDX-License-Identifier: LGPL-2.1-or-later
/// Manual pages and completion for shells, from what the parser of arguments knows.
#pragma once

#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace qember::cli {

/// The page of the command or of one of its verbs, from its prose. A line that is `@SYNOPSIS@`, `@VERBS@` or
/// `@OPTIONS@` is replaced by these sections, of which the first begins the page, and `@EXIT_STATUS@` by the
/// text that the pages share.
std::string manual_page(const CLI::App& app, std::string_view prose, std::string_view exit_status);

/// The table `_qember_words`, which completion.bash and completion.zsh go by.
std::string completion_words(const CLI::App& command);

/// The lines that completion.fish begins with functions for.
std::string fish_completion(const CLI::App& command);

}  // namespace qember::cli
