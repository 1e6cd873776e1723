// SPDX-License-Identifier: LGPL-2.1-or-later
/// The verbs of the command, one a file.
#pragma once

#include <functional>
#include <string_view>

namespace CLI {
class App;
}

namespace qember::cli {

/// What is to be done once the arguments are read; returns the exit code.
using Action = std::function<int()>;

/// What the command itself has, and all verbs, to a parser that is new; or the given verb alone, where it is
/// one but `help`: to make the options of all takes longer than some verbs do.
void add_verbs(CLI::App& app, Action& action, std::string_view given = {});

/// Prints the help of the command or of one of its verbs, and returns the exit code.
int print_help(const CLI::App& of);

// Each adds its verb to `app`, and sets `action` when that verb is chosen.
void add_encode(CLI::App& app, Action& action);
void add_decode(CLI::App& app, Action& action);
void add_unwrap(CLI::App& app, Action& action);
void add_wrap(CLI::App& app, Action& action);
void add_check(CLI::App& app, Action& action);
void add_info(CLI::App& app, Action& action);
void add_ls(CLI::App& app, Action& action);
void add_show(CLI::App& app, Action& action);
void add_regs(CLI::App& app, Action& action);
void add_read(CLI::App& app, Action& action);
void add_extract(CLI::App& app, Action& action);
void add_map(CLI::App& app, Action& action);
void add_mount(CLI::App& app, Action& action);
void add_diff(CLI::App& app, Action& action);
void add_preflight(CLI::App& app, Action& action);
void add_edit(CLI::App& app, Action& action);
void add_help(CLI::App& app, Action& action);

}  // namespace qember::cli
