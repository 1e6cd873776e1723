// SPDX-License-Identifier: LGPL-2.1-or-later
/// What is wrong with the arguments.
#pragma once

#include <string>

namespace CLI {
class App;
class Error;
}  // namespace CLI

namespace qember::cli {

/// Two lines for standard error: what was not understood, with the verb or option that was meant where one is
/// like it, and where the help is. `command` is what was parsed.
std::string complaint(const CLI::App& command, const CLI::Error& error);

/// Empty where `word` is a verb; else what to say of it, with the one that was meant.
std::string unknown_verb(const CLI::App& command, const std::string& word);

}  // namespace qember::cli
