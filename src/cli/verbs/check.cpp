// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../input_files.hpp"
#include "../output.hpp"
#include "verb.hpp"

#include <qember/advanced/vm/check.hpp>

#include <fmt/format.h>

namespace qember::cli {
namespace {

struct CheckOptions {
  std::vector<std::string> files;
  bool json = false;
  std::size_t max_errors = 20;
  ReadOptions read;
};

/// Takes the findings of one file.
class Findings {
 public:
  Findings(const std::string& file, const CheckOptions& options, Lines& out)
      : place_(file), options_(options), out_(out) {}

  /// Of what they are.
  Place& place() { return place_; }

  void add(const Error& error) {
    const ExitCode code = exit_code(error.code);
    result_ = worse(result_, code);
    ++count_;
    const bool is_finding = code != exit_usage && code != exit_internal;
    if (!is_finding) fail(place_, error);
    if (options_.json && error.code != Errc::cancelled)
      out_.write(json_of(place_, error) + "\n");
    else if (is_finding)
      out_.write(line_of(place_, error) + "\n");
  }
  bool enough() const { return count_ >= options_.max_errors; }
  ExitCode result() const { return result_; }

 private:
  Place place_;
  const CheckOptions& options_;
  Lines& out_;
  std::size_t count_ = 0;
  ExitCode result_ = exit_ok;
};

ExitCode check_one(const std::string& file, const CheckOptions& options, Lines& out) {
  Findings findings(file, options, out);
  auto source = open_input(file);
  if (!source) {
    findings.add(source.error());
    return findings.result();
  }
  vm::StreamOptions stream_options = noted(findings.place(), options.read.stream_options());
  stream_options.before_wait = [&out] { return out.flush(); };
  const auto add = [&findings, allows_trailing = options.read.allows_trailing()](const Error& error) {
    if (allows_trailing && error.code == Errc::trailing_data) return true;
    findings.add(error);
    return !findings.enough();
  };
  if (vm::check(**source, add, std::move(stream_options))) return findings.result();
  say_line(
      fmt::format("{}: no more than {} findings are looked for, see --max-errors", file, options.max_errors));
  return findings.result();
}

int check(const CheckOptions& options) {
  if (options.files.size() > 1 && !options.read.channels().empty())
    return fail("check", {Errc::usage, 0, "--channels", "one FILE, whose channels they are", "several"});
  std::vector<std::string> inputs = options.read.channels();
  inputs.insert(inputs.end(), options.files.begin(), options.files.end());
  if (auto status = check_files(inputs); !status) return fail("check", status.error());
  ExitCode result = exit_ok;
  Lines out;
  for (const std::string& file : options.files) {
    result = worse(result, check_one(file, options, out));
    if (!out.flush()) break;
  }
  return out.finish(result);
}

}  // namespace

void add_check(CLI::App& app, Action& action) {
  auto [verb, options] =
      add_verb(app, action, "check", "Say what is wrong with streams: nothing for a sound one", check);
  verb.add_option("FILE", options.files, "The streams; - is standard input")->required();
  verb.add_flag("--json", options.json, "Each finding as a JSON object on a line");
  verb.add_option("--max-errors", options.max_errors, "Stop after that many findings in a file")
      ->check(CLI::Validator(
          [](const std::string& text) -> std::string {
            std::size_t most = 0;
            const bool is_number = !text.starts_with('-') && CLI::detail::lexical_cast(text, most);
            return is_number && most > 0 ? "" : "a number from 1 on is expected";
          },
          ""))
      ->type_name("N")
      ->capture_default_str();
  options.read.add_to(verb);
}

}  // namespace qember::cli
