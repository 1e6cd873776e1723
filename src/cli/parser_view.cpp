// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace qember::cli {
namespace {

bool has_name(const CLI::App* app) { return !app->get_name().empty(); }

/// Those that the parser has, arguments first; the option for help only where `with_help`.
std::vector<const CLI::Option*> options_of(const CLI::App& app, bool with_help) {
  auto options =
      app.get_options([&](const CLI::Option* option) { return with_help || option != app.get_help_ptr(); });
  // NOLINTNEXTLINE(modernize-use-ranges): clang++ 14 can't compile that of libstdc++ 12
  std::stable_partition(options.begin(), options.end(),
                        [](const CLI::Option* option) { return option->get_positional(); });
  return options;
}

std::string note_of(const CLI::App& group) {
  const std::size_t least = group.get_require_option_min();
  const std::size_t most = group.get_require_option_max();
  const std::size_t count = options_of(group, false).size();
  if (least == 0) return "";
  return most == 0 || most >= count
             ? fmt::format("At least {} of these is required", least == 1 ? "one" : std::to_string(least))
             : fmt::format("From {} to {} of these are required", least, most);
}

}  // namespace

const CLI::App& chosen_of(const CLI::App& command) {
  const auto chosen = command.get_subcommands();
  return chosen.empty() ? command : *chosen.front();
}

std::vector<const CLI::App*> verbs_of(const CLI::App& app) { return app.get_subcommands(has_name); }

std::vector<OptionGroup> groups_of(const CLI::App& app) {
  std::vector<OptionGroup> groups{{"", options_of(app, true)}};
  for (const CLI::App* group : app.get_subcommands(std::not_fn(has_name)))
    groups.push_back({note_of(*group), options_of(*group, false)});
  return groups;
}

std::vector<std::string> names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back('-' + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() != 0; }

bool is_repeated(const CLI::Option& option) {
  return option.get_items_expected_max() >= CLI::detail::expected_max_vector_size;
}

bool is_choice(std::string_view type) { return type.find('|') != std::string_view::npos; }

bool is_file(std::string_view type) { return type == "FILE" || type == "DIR" || type == "CORE"; }

}  // namespace qember::cli
