// SPDX-License-Identifier: LGPL-2.1-or-later
#include "help_text.hpp"

#include "parser_view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace qember::cli {
namespace {

constexpr std::size_t width = 80;
constexpr std::size_t indent = 22;  ///< of descriptions

/// The words of a text in lines, from the column `at` on; those after the first line begin at `left`.
std::string wrapped(std::string_view text, std::size_t at, std::size_t left) {
  std::string out;
  std::size_t column = at;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    const bool is_first = column == at && out.empty();
    if (!is_first && column + 1 + word.size() > width) {
      out += '\n' + std::string(left, ' ');
      column = left;
    } else if (!is_first) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out + '\n';
}

/// A term and what it means, beside it where there is room.
std::string entry(const std::string& term, const std::string& meaning) {
  const std::string head = "  " + term;
  const bool fits = head.size() + 2 <= indent;
  const std::string gap = fits ? std::string(indent - head.size(), ' ') : '\n' + std::string(indent, ' ');
  return head + gap + wrapped(meaning, indent, indent);
}

std::string term_of(const CLI::Option& option) {
  const std::string repeated = is_repeated(option) ? "..." : "";
  if (option.get_positional()) return option.get_name(true) + repeated;
  const std::string names = fmt::format("{}", fmt::join(names_of(option), ", "));
  return takes_value(option) ? fmt::format("{} {}{}", names, option.get_type_name(), repeated) : names;
}

std::string meaning_of(const CLI::Option& option) {
  const std::string preset = option.get_default_str();
  return option.get_description() + (preset.empty() ? "" : fmt::format(" (default: {})", preset));
}

std::string usage(const CLI::App& app) {
  const bool is_verb = app.get_parent() != nullptr;
  std::string line = is_verb ? app.get_parent()->get_name() + ' ' + app.get_name() : app.get_name();
  line += " [OPTION]...";
  if (!is_verb) line += " VERB [ARGUMENT]...";
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) continue;
    const std::string term = term_of(*option);
    line += option->get_required() ? ' ' + term : " [" + term + ']';
  }
  return wrapped("Usage: " + line, 0, 7);
}

std::string options(const CLI::App& app) {
  std::string text;
  for (const OptionGroup& group : groups_of(app)) {
    text += group.note.empty() ? "\nOptions:\n" : fmt::format("\n{}:\n", group.note);
    for (const CLI::Option* option : group.options) text += entry(term_of(*option), meaning_of(*option));
  }
  return text;
}

std::string verbs(const CLI::App& app) {
  std::string text;
  for (const CLI::App* verb : verbs_of(app)) text += entry(verb->get_name(), verb->get_description());
  return text.empty() ? text : "\nVerbs:\n" + text;
}

std::string paragraphs(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    out += '\n' + wrapped(line, 0, 0);
  }
  return out;
}

}  // namespace

std::string help_text(const CLI::App& app) {
  return usage(app) + wrapped(app.get_description() + '.', 0, 0) + verbs(app) + options(app) +
         paragraphs(app.get_footer());
}

}  // namespace qember::cli
