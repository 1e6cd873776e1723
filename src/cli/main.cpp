// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report.hpp"
#include "verbs.hpp"

#include <qember/ram/kernels.hpp>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <csignal>

namespace {

int run(int argc, char** argv) {
  CLI::App app;
  qember::cli::Action action;
  qember::cli::add_verbs(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? qember::cli::exit_ok : qember::cli::exit_usage;
  }
  // QEMBER_KERNELS may ask for what there is not.
  if (const auto kernel = qember::ram::active_kernel(); !kernel)
    return qember::cli::fail("QEMBER_KERNELS", kernel.error());
  return action();
}

}  // namespace

int main(int argc, char** argv) {
  // A closed pipe is an error to report.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "qember: internal error: {}\n", error.what());
    return qember::cli::exit_internal;
  }
}
