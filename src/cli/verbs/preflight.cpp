// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../common_options.hpp"
#include "../output.hpp"
#include "../render/obstacles.hpp"
#include "../render/style.hpp"
#include "verbs.hpp"

#include <qember/event/pump.hpp>
#include <qember/io/file_checks.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace qember::cli {
namespace {

struct PreflightArguments {
  std::string file;
  std::string against;
  std::optional<unsigned> target_qemu;
  bool strict = false;
  bool json = false;
  ReadOptions read;
};

Result<vm::MachineState> read_state(const std::string& file, const vm::StreamOptions& options) {
  auto stream = open_stream(file, options);
  if (!stream) return std::move(stream.error());
  vm::MachineReader reader(**stream, options.limits);
  if (auto status = event::pump(**stream, reader); !status) return std::move(status.error());
  return reader.take_state();
}

int preflight(const PreflightArguments& arguments) {
  const std::array inputs{arguments.file, arguments.against};
  if (auto status = io::check_read_once(inputs); !status) return fail("preflight", status.error());
  vm::StreamOptions options = arguments.read.stream_options();
  options.arrange = false;
  const auto here = read_state(arguments.file, options);
  if (!here) return fail(arguments.file, here.error());
  const auto there = read_state(arguments.against, options);
  if (!there) return fail(arguments.against, there.error());
  Lines out;
  Verdict verdict;
  auto obstacles = nlohmann::ordered_json::array();
  vm::preflight(*here, *there, {.target_major = arguments.target_qemu}, [&](const vm::Obstacle& obstacle) {
    verdict.note(obstacle.certainty);
    if (arguments.json)
      obstacles.push_back(to_json(obstacle));
    else
      print_obstacle(out, obstacle);
  });
  const ExitCode code = verdict.code(arguments.strict);
  if (arguments.json)
    out.write(nlohmann::ordered_json{{"schema", 1}, {"obstacles", std::move(obstacles)}}.dump(
                  2, ' ', true, nlohmann::ordered_json::error_handler_t::replace) +
              "\n");
  else if (code == exit_ok)
    out.write(fmt::format("nothing was found for which a machine like that of {} refuses it\n",
                          printable_line(arguments.against)));
  return out.finish(code);
}

}  // namespace

void add_preflight(CLI::App& app, Action& action) {
  auto* verb =
      app.add_subcommand("preflight", "Would a machine take a saved stream, and what stands in the way");
  auto arguments = std::make_shared<PreflightArguments>();
  verb->add_option("FILE", arguments->file, "The stream; - is standard input")->required();
  verb->add_option("--against", arguments->against,
                   "What the target saved when it was started with its own command line and -S")
      ->required()
      ->type_name("TARGET");
  verb->add_option("--target-qemu", arguments->target_qemu,
                   "The major version of the target's QEMU, for the words of its messages")
      ->type_name("VERSION");
  verb->add_flag("--strict", arguments->strict, "Exit 5 for what the streams do not tell, too");
  verb->add_flag("--json", arguments->json, "As one JSON object");
  arguments->read.add_to(*verb);
  verb->footer(
      "Exit codes: 0 nothing was found for which the machine refuses it, 1 something certain, 5 something "
      "likely.");
  verb->callback([&action, arguments] { action = [arguments] { return preflight(*arguments); }; });
}

}  // namespace qember::cli
