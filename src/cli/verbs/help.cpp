// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../complaint.hpp"
#include "../help_text.hpp"
#include "../output.hpp"
#include "../parser_view.hpp"
#include "verbs.hpp"

#include <algorithm>

namespace qember::cli {
namespace {

int help(const CLI::App& command, const std::string& name) {
  const auto verbs = verbs_of(command);
  const auto verb = std::ranges::find(verbs, name, &CLI::App::get_name);
  Lines out;
  out.write(help_text(verb == verbs.end() ? command : **verb));
  return out.finish(exit_ok);
}

}  // namespace

void add_help(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("help", "Print the help of a verb");
  auto name = std::make_shared<std::string>();
  verb->add_option("VERB", *name, "The verb; without one, the command's own help")
      ->check(CLI::Validator([&app](const std::string& word) { return unknown_verb(app, word); }, ""));
  verb->callback([&app, &action, name] { action = [&app, name] { return help(app, *name); }; });
}

}  // namespace qember::cli
