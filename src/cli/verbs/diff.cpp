// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../common_options.hpp"
#include "../render/diff_report.hpp"
#include "../render/show_output.hpp"
#include "../report.hpp"
#include "verbs.hpp"

#include <qember/io/descriptor_source.hpp>
#include <qember/io/file_checks.hpp>
#include <qember/vm/compare.hpp>

namespace qember::cli {
namespace {

struct DiffOptions {
  std::string a;
  std::string b;
  bool json = false;
  ColorOption color;
  ReadOptions read;
};

/// 1 says that they differ, so that what is invalid can't have it.
ExitCode refuse(const std::string& file, const Error& error) {
  const ExitCode code = fail(file, error);
  return code == exit_invalid ? exit_usage : code;
}

Result<std::unique_ptr<vm::Guest>> read_guest(const std::string& file, const DiffOptions& options,
                                              std::uint64_t seed) {
  auto source = io::open_source(file);
  if (!source) return std::move(source.error());
  return vm::read_guest(**source, options.read.stream_options(), seed);
}

int diff(const DiffOptions& options) {
  const std::array inputs{options.a, options.b};
  if (auto status = io::check_read_once(inputs); !status) return refuse("diff", status.error());
  const std::uint64_t seed = random_seed();
  const auto a = read_guest(options.a, options, seed);
  if (!a) return refuse(options.a, a.error());
  const auto b = read_guest(options.b, options, seed);
  if (!b) return refuse(options.b, b.error());
  Lines lines;
  const auto report = options.json ? make_diff_json(lines) : make_diff_tree(lines, options.color.style());
  const auto differ = vm::compare(**a, **b, *report, options.read.stream_options().limits);
  if (!differ) return lines.finish(refuse(options.a, differ.error()));
  return lines.finish(*differ ? exit_invalid : exit_ok);
}

}  // namespace

void add_diff(CLI::App& app, Action& action) {
  auto* verb =
      app.add_subcommand("diff", "Say in what two guests differ: fields of devices, ranges of pages");
  auto options = std::make_shared<DiffOptions>();
  verb->add_option("A", options->a, "A stream; - is standard input")->required();
  verb->add_option("B", options->b, "Another; - is standard input")->required();
  verb->add_flag("--json", options->json, "A JSON object a line");
  options->color.add_to(*verb);
  options->read.add_to(*verb);
  verb->footer("Exit codes: 0 the same, 1 different; 2 also for an invalid stream.");
  verb->callback([&action, options] { action = [options] { return diff(*options); }; });
}

}  // namespace qember::cli
