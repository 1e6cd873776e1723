// SPDX-License-Identifier: LGPL-2.1-or-later
#include "common_options.hpp"
#include "report.hpp"
#include "verbs.hpp"

#include <fmt/format.h>

namespace qember::cli {
namespace {

struct CheckOptions {
  std::vector<std::string> files;
  bool json = false;
  ReadOptions read;
};

/// A finding, or an error of the system; nothing where the stream is sound.
Status check_one(const std::string& file, const StreamOptions& options) {
  auto stream = OpenedStream::open(file, options);
  if (!stream) return std::move(stream.error());
  for (;;) {
    auto event = (*stream)->next();
    if (!event) return std::move(event.error());
    if (std::holds_alternative<native::StreamEnd>(*event)) return {};
  }
}

int check(const CheckOptions& options) {
  ExitCode result = exit_ok;
  StreamOptions stream_options = options.read.stream_options();
  stream_options.arrange = false;
  for (const std::string& file : options.files) {
    const Status status = check_one(file, stream_options);
    if (status) continue;
    const ExitCode code = exit_code(status.error().code);
    result = worse(result, code);
    if (code == exit_usage) {
      fail(file, status.error());
    } else {
      fmt::print("{}\n", options.json ? json_of(file, status.error()) : line_of(file, status.error()));
    }
  }
  return result;
}

}  // namespace

void add_check(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("check", "Say what is wrong with streams: nothing for a sound one");
  auto options = std::make_shared<CheckOptions>();
  verb->add_option("FILE", options->files, "The streams; - is standard input")->required();
  verb->add_flag("--json", options->json, "Each finding as a JSON object on a line");
  options->read.add_to(*verb);
  verb->callback([&action, options] { action = [options] { return check(*options); }; });
}

}  // namespace qember::cli
