// SPDX-License-Identifier: LGPL-2.1-or-later
#include "obstacles.hpp"
#include "json_items.hpp"
#include "style.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace qember::cli {
namespace {

void print_line(Lines& out, std::string_view name, std::string_view text) {
  if (!text.empty()) out.write(fmt::format("{:<9}{}\n", name, printable_line(std::string(text))));
}

void print_obstacle(Lines& out, const vm::Obstacle& obstacle) {
  print_line(out, vm::name_of(obstacle.certainty), fmt::format("{}: {}", obstacle.where, obstacle.what));
  if (!obstacle.qemu.empty()) print_line(out, "", "QEMU: " + obstacle.qemu);
  if (!obstacle.qemu_11.empty()) print_line(out, "", "QEMU 11: " + obstacle.qemu_11);
  if (!obstacle.advice.empty()) print_line(out, "", "try: " + obstacle.advice);
}

nlohmann::ordered_json to_json(const vm::Obstacle& obstacle) {
  return {{"certainty", vm::name_of(obstacle.certainty)},
          {"where", obstacle.where},
          {"what", obstacle.what},
          {"qemu", obstacle.qemu},
          {"qemu_11", obstacle.qemu_11},
          {"advice", obstacle.advice},
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
