// SPDX-License-Identifier: LGPL-2.1-or-later
/// qember-manual PROSE OUT: writes the manual pages and completion for shells into the directory OUT, from
/// the directory PROSE and the parser of arguments that the command has. Run by the build, and not installed.
#include "../cli/verbs/verbs.hpp"
#include "manual_text.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  file.exceptions(std::ios::badbit | std::ios::failbit);
  return {std::istreambuf_iterator(file), {}};
}

void write(const fs::path& path, const std::string& text) {
  std::ofstream file(path);
  file.exceptions(std::ios::badbit | std::ios::failbit);
  file << text << std::flush;
}

void write_all(const fs::path& prose, const fs::path& out) {
  CLI::App app;
  qember::cli::Action action;
  qember::cli::add_verbs(app, action);
  fs::create_directories(out);
  const std::string exit_status = read(prose / "exit_status.man");
  const auto page = [&](const CLI::App& of, const std::string& text, const std::string& made) {
    write(out / made, qember::cli::manual_page(of, read(prose / text), exit_status));
  };
  page(app, "qember.man", "qember.1");
  for (const CLI::App* verb : app.get_subcommands({}))
    page(*verb, verb->get_name() + ".man", "qember-" + verb->get_name() + ".1");
  const std::string words = qember::cli::completion_words(app);
  write(out / "qember.bash", words + read(prose / "completion.bash"));
  write(out / "_qember", "#compdef qember\n" + words + read(prose / "completion.zsh"));
  write(out / "qember.fish", read(prose / "completion.fish") + qember::cli::fish_completion(app));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 3) throw std::invalid_argument("usage: qember-manual PROSE OUT");
    write_all(argv[1], argv[2]);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "qember-manual: {}\n", error.what());
    return 1;
  }
}
