// SPDX-License-Identifier: LGPL-2.1-or-later
#include "complaint.hpp"

#include "parser_view.hpp"
#include "render/style.hpp"

#include <qember/advanced/core/text.hpp>

#include <fmt/format.h>

namespace qember::cli {
namespace {

std::string unknown_option(const CLI::App& app, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  Closest closest(name);
  for (const OptionGroup& group : groups_of(app))
    for (const CLI::Option* option : group.options)
      for (const std::string& known : names_of(*option)) closest.consider(known);
  return fmt::format("no option {}{}", printable(name), closest.hint());
}

bool is_option(const std::string& word) { return word.size() > 1 && word[0] == '-'; }

/// An option that is not known counts before an argument that it may have swallowed.
std::string said(const CLI::App& app, bool is_command, const CLI::Error& error) {
  const std::vector<std::string> extra = app.remaining();
  for (const std::string& word : extra)
    if (is_option(word) && word != "--") return unknown_option(app, word);
  if (!extra.empty()) {
    const std::string& word = extra.front();
    return is_command ? unknown_verb(app, word) : fmt::format("one argument too many: {}", printable(word));
  }
  return is_command ? "a verb is expected" : printable_line(error.what());
}

}  // namespace

std::string complaint(const CLI::App& command, const CLI::Error& error) {
  const CLI::App& app = chosen_of(command);
  const bool is_command = &app == &command;
  const std::string name = is_command ? "qember" : "qember " + app.get_name();
  return fmt::format("{}: {}\n`{} --help` says more.\n", name, said(app, is_command, error), name);
}

std::string unknown_verb(const CLI::App& command, const std::string& word) {
  Closest closest(word);
  for (const CLI::App* verb : verbs_of(command)) {
    if (verb->get_name() == word) return "";
    closest.consider(verb->get_name());
  }
  return fmt::format("no verb {}{}", printable(word), closest.hint());
}

}  // namespace qember::cli
