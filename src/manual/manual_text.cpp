// SPDX-License-Identifier: LGPL-2.1-or-later
#include "manual_text.hpp"

#include "../cli/parser_view.hpp"

#include <qember/advanced/core/version.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <vector>

namespace qember::cli {
namespace {

std::string page_name(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name() : app.get_parent()->get_name() + '-' + app.get_name();
}

/// As troff takes it for what it is.
std::string troff(std::string_view text) {
  std::string escaped = !text.empty() && (text[0] == '.' || text[0] == '\'') ? "\\&" : "";
  for (const char c : text) {
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string bold(std::string_view text) { return "\\fB" + troff(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + troff(text) + "\\fR"; }

/// As it goes on behind a dash: a name keeps its capitals.
std::string in_a_sentence(std::string text) {
  const bool is_name = text.size() > 1 && std::isupper(static_cast<unsigned char>(text[1])) != 0;
  if (!text.empty() && !is_name)
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

std::string synopsis(const CLI::App& app) {
  std::string name = page_name(app);
  std::string title = name;
  std::ranges::transform(title, title.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  std::string page = fmt::format(
      ".\\\" Made from the parser of arguments; changes are lost.\n"
      ".TH {} 1 \"\" \"qember {}\" \"User Commands\"\n.SH NAME\n{} \\- {}\n",
      troff(title), version(), troff(name), troff(in_a_sentence(app.get_description())));
  std::ranges::replace(name, '-', ' ');
  page += fmt::format(".SH SYNOPSIS\n{} [{}]...", bold(name), italic("OPTION"));
  if (!verbs_of(app).empty()) page += fmt::format(" {} [{}]...", italic("VERB"), italic("ARGUMENT"));
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) continue;
    const std::string argument = italic(option->get_name(true)) + (is_repeated(*option) ? "..." : "");
    page += option->get_required() ? ' ' + argument : " [" + argument + ']';
  }
  return page + '\n';
}

std::string verbs(const CLI::App& app) {
  std::string page = ".SH VERBS\n";
  for (const CLI::App* verb : verbs_of(app))
    page += fmt::format(".TP\n{}\n{}; see\n.BR {} (1).\n", bold(verb->get_name()),
                        troff(verb->get_description()), troff(page_name(*verb)));
  return page;
}

std::string head(const CLI::Option& option) {
  const std::string repeated = is_repeated(option) ? "..." : "";
  if (option.get_positional()) return italic(option.get_name(true)) + repeated;
  std::vector<std::string> names = names_of(option);
  std::ranges::transform(names, names.begin(), bold);
  std::string text = fmt::format("{}", fmt::join(names, ", "));
  if (!takes_value(option)) return text;
  const std::string type = option.get_type_name();
  return text + ' ' + (is_choice(type) ? bold(type) : italic(type)) + repeated;
}

std::string options(const CLI::App& app) {
  std::string page = ".SH OPTIONS\n";
  for (const OptionGroup& group : groups_of(app)) {
    if (!group.note.empty()) page += fmt::format(".PP\n{}:\n", troff(group.note));
    for (const CLI::Option* option : group.options) {
      page += fmt::format(".TP\n{}\n{}", head(*option), troff(option->get_description()));
      const std::string preset = option->get_default_str();
      page += preset.empty() ? ".\n" : fmt::format(" (default: {}).\n", troff(preset));
    }
  }
  return page;
}

/// What may stand for a value: words, nothing for a file, or the names of a kind in the file on the line.
std::optional<std::string> offered_for(const CLI::Option& option) {
  std::string type = option.get_positional() ? option.get_name(true) : option.get_type_name();
  if (is_file(type)) return "";
  if (type.find("DEVICE") != std::string::npos) return "@devices";
  if (type == "BLOCK" || type == "WHERE") return "@blocks";
  if (!is_choice(type)) return std::nullopt;
  std::ranges::replace(type, '|', ' ');
  return type;
}

/// The words that may follow a verb, and a line of its own for an option whose value is known to be one of
/// some; without a name of an option, for the arguments behind the file.
std::string completion_of(const CLI::App& app) {
  const std::string verb = app.get_parent() == nullptr ? "" : app.get_name();
  std::string lines;
  std::vector<std::string> words;
  for (const OptionGroup& group : groups_of(app)) {
    for (const CLI::Option* option : group.options) {
      const auto offered = takes_value(*option) ? offered_for(*option) : std::nullopt;
      const bool is_argument = option->get_positional();
      if (is_argument && offered && !offered->empty()) lines += fmt::format("  [{}:]='{}'\n", verb, *offered);
      if (is_argument) continue;
      for (std::string& name : names_of(*option)) {
        if (offered) lines += fmt::format("  [{}:{}]='{}'\n", verb, name, *offered);
        words.push_back(std::move(name));
      }
    }
  }
  for (const CLI::App* below : verbs_of(app)) words.push_back(below->get_name());
  return fmt::format("{}  [{}]='{}'\n", lines, app.get_name(), fmt::join(words, " "));
}

/// As a word in single quotes, of fish.
std::string fish_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '\'';
}

/// What is offered for a value in fish, where it is no file.
std::string fish_values(const CLI::Option& option) {
  const auto offered = takes_value(option) ? offered_for(option) : std::nullopt;
  if (!takes_value(option)) return "";
  if (!offered) return " -x";
  if (offered->empty()) return " -r";
  const bool is_names = offered->starts_with('@');
  return " -x -a " +
         fish_quoted(is_names ? fmt::format("(__qember_names {})", offered->substr(1)) : *offered);
}

std::string fish_lines(const CLI::App& app) {
  const bool is_verb = app.get_parent() != nullptr;
  const std::string when = is_verb ? fmt::format(" -n '__qember_is {}'", app.get_name()) : "";
  std::string lines;
  for (const OptionGroup& group : groups_of(app)) {
    for (const CLI::Option* option : group.options) {
      const std::string values = fish_values(*option);
      std::string names;
      for (const std::string& name : names_of(*option))
        names += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      if (option->get_positional() && !values.starts_with(" -x -a")) continue;
      lines += fmt::format("complete -c qember{}{}{} -d {}\n", when, option->get_positional() ? "" : names,
                           option->get_positional() ? values.substr(3) : values,
                           fish_quoted(option->get_description()));
    }
  }
  return lines;
}

}  // namespace

std::string manual_page(const CLI::App& app, std::string_view prose, std::string_view exit_status) {
  std::string page;
  while (!prose.empty()) {
    const std::string_view line = prose.substr(0, prose.find('\n'));
    prose.remove_prefix(std::min(line.size() + 1, prose.size()));
    if (line == "@SYNOPSIS@") {
      page += synopsis(app);
    } else if (line == "@VERBS@") {
      page += verbs(app);
    } else if (line == "@OPTIONS@") {
      page += options(app);
    } else if (line == "@EXIT_STATUS@") {
      page += exit_status;
    } else {
      page += fmt::format("{}\n", line);
    }
  }
  return page;
}

std::string completion_words(const CLI::App& command) {
  std::string text =
      "# Completion for qember. Made from the parser of arguments; changes are lost.\n"
      "declare -gA _qember_words=(\n" +
      completion_of(command);
  for (const CLI::App* verb : verbs_of(command)) text += completion_of(*verb);
  return text + ")\n";
}

std::string fish_completion(const CLI::App& command) {
  std::string text = fish_lines(command);
  for (const CLI::App* verb : verbs_of(command))
    text += fmt::format("complete -c qember -f -n 'not __qember_verb' -a {} -d {}\n", verb->get_name(),
                        fish_quoted(verb->get_description())) +
            fish_lines(*verb);
  return text;
}

}  // namespace qember::cli
