// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../complaint.hpp"
#include "../help_text.hpp"
#include "../output.hpp"
#include "../parser_view.hpp"
#include "../render/pager.hpp"
#include "verbs.hpp"

#include <algorithm>

namespace qember::cli {
namespace {

int help(const CLI::App& command, const std::string& name) {
  const auto verbs = verbs_of(command);
  const auto verb = std::ranges::find(verbs, name, &CLI::App::get_name);
  return print_help(verb == verbs.end() ? command : **verb);
}

}  // namespace

int print_help(const CLI::App& of) {
  Lines out;
  out.write(help_text(of));
  return out.finish(exit_ok);
}

void add_help(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("help", "Print the help of a verb");
  auto name = std::make_shared<std::string>();
  verb->add_option("VERB", *name, "The verb; without one, the command's own help")
      ->check(CLI::Validator([&app](const std::string& word) { return unknown_verb(app, word); }, ""));
  add_pager(*verb);
  verb->callback([&app, &action, name] { action = [&app, name] { return help(app, *name); }; });
}

}  // namespace qember::cli
