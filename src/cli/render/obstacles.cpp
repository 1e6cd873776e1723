// SPDX-License-Identifier: LGPL-2.1-or-later
#include "obstacles.hpp"
#include "edit_option.hpp"
#include "json_items.hpp"
#include "style.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace qember::cli {
namespace {

void print_line(Lines& out, std::string_view name, std::string_view text) {
  if (!text.empty()) out.write(fmt::format("{:<9}{}\n", name, printable_line(std::string(text))));
}

/// The edits that mend it, all together, where they harm no guest for certain: as options of one call.
void print_edits(Lines& out, std::span<const vm::Remedy> edits) {
  constexpr std::size_t most = 100;
  if (edits.empty()) return;
  std::string options;
  std::string allowed;
  for (const vm::Remedy& each : edits) {
    if (each.safety == vm::Safety::unsafe) return;
    options += ' ' + option_of(each.edit);
    const std::string allow = fmt::format(" --allow {}", vm::to_words(each.edit).first);
    if (each.safety == vm::Safety::conditional && allowed.find(allow) == std::string::npos) allowed += allow;
  }
  if (options.size() > most) options = fmt::format(" --for TARGET{} ({} edits)", allowed, edits.size());
  print_line(out, "", "or: qember edit" + options);
  if (!allowed.empty()) print_line(out, "", "    " + edits.front().reason);
}

void print_obstacle(Lines& out, const vm::Obstacle& obstacle) {
  print_line(out, vm::name_of(obstacle.certainty), fmt::format("{}: {}", obstacle.where, obstacle.what));
  if (!obstacle.qemu.empty()) print_line(out, "", "QEMU: " + obstacle.qemu);
  if (!obstacle.qemu_11.empty()) print_line(out, "", "QEMU 11: " + obstacle.qemu_11);
  if (!obstacle.advice.empty()) print_line(out, "", "try: " + obstacle.advice);
  print_edits(out, obstacle.edits);
}

nlohmann::ordered_json to_json(const vm::Remedy& remedy) {
  return {{"edit", nlohmann::ordered_json::parse(vm::to_line(remedy.edit))},
          {"safety", vm::name_of(remedy.safety)},
          {"reason", remedy.reason}};
}

nlohmann::ordered_json to_json(const vm::Obstacle& obstacle) {
  auto edits = nlohmann::ordered_json::array();
  for (const vm::Remedy& each : obstacle.edits) edits.push_back(to_json(each));
  return {{"certainty", vm::name_of(obstacle.certainty)},
          {"where", obstacle.where},
          {"what", obstacle.what},
          {"qemu", obstacle.qemu},
          {"qemu_11", obstacle.qemu_11},
          {"advice", obstacle.advice},
          {"edits", std::move(edits)},
          {"offset", obstacle.offset}};
}

}  // namespace

ExitCode code_of(const vm::Verdict& verdict, bool strict) noexcept {
  if (verdict.certain) return exit_invalid;
  return verdict.likely || (strict && verdict.untold) ? exit_likely : exit_ok;
}

vm::Verdict print_obstacles(Lines& out, const vm::MachineState& here, const vm::MachineState& there,
                            const vm::PreflightOptions& options, std::string_view member,
                            const std::string& machine) {
  std::optional<JsonItems> json;
  if (!member.empty()) json.emplace(out, member);
  const auto verdict = vm::preflight(here, there, options, [&](const vm::Obstacle& obstacle) {
    if (json)
      json->add(to_json(obstacle));
    else
      print_obstacle(out, obstacle);
  });
  if (!json && code_of(verdict, false) == exit_ok)
    out.write(
        printable_line("nothing was found for which a machine like that of " + machine + " refuses it") +
        "\n");
  return verdict;
}

}  // namespace qember::cli
