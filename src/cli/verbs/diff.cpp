// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../input_files.hpp"
#include "../render/diff_report.hpp"
#include "../render/pager.hpp"
#include "../render/show_output.hpp"
#include "../report.hpp"
#include "verb.hpp"

#include <qember/advanced/io/descriptor_source.hpp>
#include <qember/advanced/vm/compare.hpp>

namespace qember::cli {
namespace {

struct DiffOptions {
  std::string a;
  std::string b;
  vm::CompareOptions compare;
  bool quiet = false;
  std::string snapshot_of_b;
  std::vector<std::string> channels_of_b;
  bool names = false;
  bool json = false;
  ColorOption color;
  ReadOptions read;
};

/// 1 says that they differ, so that what is invalid can't have it.
ExitCode refuse(const Place& place, const Error& error) {
  const ExitCode code = fail(place, error);
  return code == exit_invalid ? exit_usage : code;
}

Result<std::unique_ptr<vm::Guest>> read_guest(Place& place, const DiffOptions& options,
                                              vm::StreamOptions read, std::uint64_t seed) {
  auto source = open_input(place.file);
  if (!source) return std::move(source.error());
  const bool ram = options.compare.ram && options.compare.devices.empty();
  return vm::read_guest(**source, noted(place, std::move(read)), seed, ram);
}

/// B begins in its file where A does.
vm::StreamOptions options_of_b(const DiffOptions& options) {
  vm::StreamOptions read = options.read.options_for_another();
  read.offset = options.read.offset();
  read.snapshot = options.snapshot_of_b;
  read.channels = channel_files(options.channels_of_b);
  return read;
}

std::unique_ptr<vm::DifferenceSink> report_of(const DiffOptions& options, Lines& lines) {
  if (options.quiet) return std::make_unique<vm::IgnoreDifferences>();
  if (options.names) return make_diff_names(lines);
  return options.json ? make_diff_json(lines) : make_diff_tree(lines, options.color.style());
}

int diff(const DiffOptions& options) {
  std::vector<std::string> inputs = options.read.inputs(options.a);
  inputs.push_back(options.b);
  inputs.insert(inputs.end(), options.channels_of_b.begin(), options.channels_of_b.end());
  if (auto status = check_files(inputs); !status) return refuse("diff", status.error());
  const std::uint64_t seed = random_seed();
  Place place_a(options.a);
  const auto a = read_guest(place_a, options, options.read.stream_options(), seed);
  if (!a) return refuse(place_a, a.error());
  Place place_b(options.b);
  const auto b = read_guest(place_b, options, options_of_b(options), seed);
  if (!b) return refuse(place_b, b.error());
  Lines lines(!options.json && !options.names);
  const auto report = report_of(options, lines);
  const auto differ = vm::compare(**a, **b, *report, options.read.limits(), options.compare);
  if (!differ) return lines.finish(refuse(options.a, differ.error()));
  return lines.finish(*differ ? exit_invalid : exit_ok);
}

}  // namespace

void add_diff(CLI::App& app, Action& action) {
  auto [verb, options] = add_verb(app, action, "diff",
                                  "Say in what two guests differ: fields of devices, ranges of pages", diff);
  verb.add_option("A", options.a, "A stream; - is standard input")->required();
  verb.add_option("B", options.b, "Another; - is standard input")->required();
  add_devices(verb, options.compare.devices, "Only these sections, and neither RAM nor the configuration");
  verb.add_flag("!--no-ram", options.compare.ram, "Leave contents of memory out");
  verb.add_flag("-q,--quiet", options.quiet, "Print nothing: the exit code tells");
  auto* const names = verb.add_flag("--names", options.names, "Only the names of what differs, one a line");
  verb.add_flag("--json", options.json, "A JSON object a line")->excludes(names);
  options.color.add_to(verb);
  add_pager(verb);
  options.read.add_to(verb);
  verb.add_option("--snapshot-b", options.snapshot_of_b, "The same as --snapshot, of B; that is of A alone")
      ->type_name("WHICH");
  add_channels(verb, "--channels-b", options.channels_of_b,
               "The same as --channels, of B; those are of A alone");
  verb.footer("Exit codes: 0 the same, 1 different; 2 also for an invalid stream.");
}

}  // namespace qember::cli
