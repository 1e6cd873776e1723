// SPDX-License-Identifier: LGPL-2.1-or-later
#include "obstacles.hpp"
#include "json_items.hpp"
#include "style.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace qember::cli {
namespace {

using vm::Certainty;

std::string_view name_of(Certainty certainty) {
  switch (certainty) {
    case Certainty::certain: return "certain";
    case Certainty::likely: return "likely";
    case Certainty::warning: return "warning";
    case Certainty::untold: return "untold";
  }
  return {};
}

void print_line(Lines& out, std::string_view name, std::string_view text) {
  if (!text.empty()) out.write(fmt::format("{:<9}{}\n", name, printable_line(std::string(text))));
}

void print_obstacle(Lines& out, const vm::Obstacle& obstacle) {
  print_line(out, name_of(obstacle.certainty), fmt::format("{}: {}", obstacle.where, obstacle.what));
  if (!obstacle.qemu.empty()) print_line(out, "", "QEMU: " + obstacle.qemu);
  if (!obstacle.advice.empty()) print_line(out, "", "try: " + obstacle.advice);
}

nlohmann::ordered_json to_json(const vm::Obstacle& obstacle) {
  return {{"certainty", name_of(obstacle.certainty)},
          {"where", obstacle.where},
          {"what", obstacle.what},
          {"qemu", obstacle.qemu},
          {"advice", obstacle.advice},
          {"offset", obstacle.offset}};
}

}  // namespace

void Verdict::note(Certainty certainty) {
  certain_ |= certainty == Certainty::certain;
  likely_ |= certainty == Certainty::likely;
  untold_ |= certainty == Certainty::untold;
}

ExitCode Verdict::code(bool strict) const {
  if (certain_) return exit_invalid;
  return likely_ || (strict && untold_) ? exit_likely : exit_ok;
}

Verdict print_obstacles(Lines& out, const vm::MachineState& here, const vm::MachineState& there,
                        const vm::PreflightOptions& options, std::string_view member,
                        const std::string& machine) {
  Verdict verdict;
  std::optional<JsonItems> json;
  if (!member.empty()) json.emplace(out, member);
  vm::preflight(here, there, options, [&](const vm::Obstacle& obstacle) {
    verdict.note(obstacle.certainty);
    if (json)
      json->add(to_json(obstacle));
    else
      print_obstacle(out, obstacle);
  });
  if (!json && verdict.code(false) == exit_ok)
    out.write(
        printable_line("nothing was found for which a machine like that of " + machine + " refuses it") +
        "\n");
  return verdict;
}

}  // namespace qember::cli
