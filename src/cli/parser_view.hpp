// SPDX-License-Identifier: LGPL-2.1-or-later
/// What the parser of arguments knows, for those who write about it: help, manual pages, completion.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace qember::cli {

/// The verb that the arguments chose; the command where they chose none.
const CLI::App& chosen_of(const CLI::App& command);

/// Options that belong together.
struct OptionGroup {
  std::string note;  ///< how many of them have to be given; empty where none has to
  std::vector<const CLI::Option*> options;
};

/// The verbs of the command; groups of options, which the parser has as verbs without a name, are none.
std::vector<const CLI::App*> verbs_of(const CLI::App& app);
/// Its own options, arguments first, and those of each group.
std::vector<OptionGroup> groups_of(const CLI::App& app);
/// `-o`, `--output`
std::vector<std::string> names_of(const CLI::Option& option);
bool takes_value(const CLI::Option& option);
bool is_repeated(const CLI::Option& option);
/// The type of a value is a word for it, or all of them: `auto|always|never`.
bool is_choice(std::string_view type);
bool is_file(std::string_view type);

}  // namespace qember::cli
