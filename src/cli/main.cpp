// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/io/unfinished.hpp>
#include "freed_memory.hpp"
#include "output.hpp"
#include "parser_view.hpp"
#include "render/pager.hpp"
#include "verbs/verbs.hpp"

#include <qember/advanced/ram/kernels.hpp>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <csignal>
#include <sstream>

namespace {

qember::cli::ExitCode run(int argc, char** argv) {
  CLI::App app;
  qember::cli::Action action;
  qember::cli::add_verbs(app, action, argc > 1 ? argv[1] : "");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const CLI::App& chosen = qember::cli::chosen_of(app);
    qember::cli::page_help(chosen);
    return static_cast<qember::cli::ExitCode>(qember::cli::print_help(chosen));
  } catch (const CLI::ParseError& error) {
    std::ostringstream text;
    std::ostringstream complaint;
    const bool is_fine = app.exit(error, text, complaint) == 0;
    qember::cli::say(complaint.str());
    qember::cli::Lines out;
    out.write(text.str());
    return out.finish(is_fine ? qember::cli::exit_ok : qember::cli::exit_usage);
  }
  // QEMBER_KERNELS may ask for what there is not.
  if (const auto kernel = qember::ram::active_kernel(); !kernel)
    return qember::cli::fail("QEMBER_KERNELS", kernel.error());
  return static_cast<qember::cli::ExitCode>(action());
}

}  // namespace

int main(int argc, char** argv) {
  qember::cli::open_standard_descriptors();
  // A closed pipe and a file that may not grow are errors to report.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  qember::io::remove_unfinished_on_signals();
  qember::cli::return_freed_memory();
  qember::cli::ExitCode code = qember::cli::exit_internal;
  try {
    code = run(argc, argv);
  } catch (const std::exception& error) {
    qember::cli::say(fmt::format("qember: internal error: {}\n", error.what()));
  }
  code = qember::cli::close_output(code);
  qember::cli::Pager::of_process().end();
  return code;
}
