// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../input_files.hpp"
#include "../output.hpp"
#include "../render/obstacles.hpp"
#include "../render/pager.hpp"
#include "../render/style.hpp"
#include "machine_file.hpp"
#include "verb.hpp"

#include <qember/advanced/container/open.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace qember::cli {
namespace {

struct PreflightArguments {
  std::string file;
  std::string against;
  std::optional<vm::QemuVersion> target_qemu;
  std::string virtio;
  bool strict = false;
  bool json = false;
  ReadOptions read;
};

Result<std::vector<vm::VirtioStatus>> read_virtio(const std::string& file, const ReadOptions& options) {
  if (file.empty()) return std::vector<vm::VirtioStatus>();
  auto source = container::open_file(file);
  if (!source) return std::move(source.error());
  return vm::read_virtio_status(**source, options.limits());
}

int preflight(const PreflightArguments& arguments) {
  std::vector<std::string> inputs = arguments.read.inputs(arguments.file);
  inputs.push_back(arguments.against);
  if (!arguments.virtio.empty()) inputs.push_back(arguments.virtio);
  if (auto status = check_files(inputs); !status) return fail("preflight", status.error());
  vm::StreamOptions options = arguments.read.stream_options();
  options.reorder = false;
  Place place(arguments.file);
  const auto here = read_machine(place, options);
  if (!here) return fail(place, here.error());
  Place place_there(arguments.against);
  options = arguments.read.options_for_another();
  options.reorder = false;
  const auto there = read_machine(place_there, options);
  if (!there) return fail(place_there, there.error());
  auto virtio = read_virtio(arguments.virtio, arguments.read);
  if (!virtio) return fail(arguments.virtio, virtio.error());
  Lines out(!arguments.json);
  if (arguments.json) out.write("{\n  \"schema\": 1");
  const vm::Verdict verdict = print_obstacles(
      out, *here, *there, {.target_qemu = arguments.target_qemu, .virtio = std::move(*virtio)},
      arguments.json ? "obstacles" : "", arguments.against);
  if (arguments.json) out.write("\n}\n");
  return out.finish(code_of(verdict, arguments.strict));
}

std::string parse_version(const std::string& text, std::optional<vm::QemuVersion>& version) {
  version = vm::parse_qemu_version(text);
  return version ? "" : "a version of QEMU is expected, such as 10.0";
}

}  // namespace

void add_preflight(CLI::App& app, Action& action) {
  auto [verb, options] = add_verb(
      app, action, "preflight", "Would a machine take a saved stream, and what stands in the way", preflight);
  add_file(verb, options.file);
  verb.add_option("--against", options.against,
                  "What the target saved when it was started with its own command line and -S")
      ->required()
      ->type_name("TARGET");
  add_parsed(verb, "--target-qemu", options.target_qemu, parse_version,
             "The target's QEMU, such as 10.0: for the words of its messages, and what it knows")
      ->type_name("VERSION");
  verb.add_option("--virtio", options.virtio,
                  "What QMP x-query-virtio-status says of the target's devices: which features they offer")
      ->type_name("FILE");
  verb.add_flag("--strict", options.strict, "Exit 5 for what the streams do not tell, too");
  verb.add_flag("--json", options.json, "As one JSON object");
  add_pager(verb);
  options.read.add_to(verb);
  verb.footer(
      "What edits of the stream mend says so behind `or:`; `qember edit --for` makes them. Exit codes: 0 "
      "nothing "
      "was found for which the machine refuses it, 1 something certain, 5 something likely.");
}

}  // namespace qember::cli
