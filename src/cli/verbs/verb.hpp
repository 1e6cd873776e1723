// SPDX-License-Identifier: LGPL-2.1-or-later
/// The one shape that verbs have: options, a function that runs by them, and the parser that fills them in.
#pragma once

#include "../common_options.hpp"
#include "verbs.hpp"

#include <memory>

namespace qember::cli {

/// A verb's parser, and what it fills in; both live as long as the parser of the command.
template <class Options>
struct Verb {
  CLI::App& parser;
  Options& options;
};

/// Adds a verb. When it is chosen, `run` is called with its options and returns the exit code.
template <class Options>
Verb<Options> add_verb(CLI::App& app, Action& action, const std::string& name, const std::string& description,
                       int (*run)(const Options&)) {
  CLI::App* const parser = app.add_subcommand(name, description);
  const auto options = std::make_shared<Options>();
  parser->callback([&action, options, run] { action = [options, run] { return run(*options); }; });
  return {*parser, *options};
}

/// The one stream that most verbs read.
inline void add_file(CLI::App& verb, std::string& file) {
  verb.add_option("FILE", file, "The stream; - is standard input")->required();
}

}  // namespace qember::cli
