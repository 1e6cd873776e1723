// SPDX-License-Identifier: LGPL-2.1-or-later
#include "verbs.hpp"

#include <qember/core/version.hpp>

#include <CLI/CLI.hpp>

namespace qember::cli {
namespace {

constexpr auto footer = R"(
A stream is QEMU's native one or its BER form, told apart by the magic; - is standard input.

Exit codes: 0 fine; 1 invalid, unknown magic or the wrong direction; 2 usage, input or output;
3 the input ends early, sound up to there; 4 valid, but not supported or beyond the limits;
70 internal. Where several apply: 2, then 1, 3, 4.)";

}  // namespace

void add_verbs(CLI::App& app, Action& action) {
  app.name("qember");
  app.description("VM migration streams in ASN.1 BER");
  app.set_version_flag("--version", std::string(version()));
  app.require_subcommand(1);
  app.footer(footer);
  add_encode(app, action);
  add_decode(app, action);
  add_check(app, action);
  add_info(app, action);
  add_show(app, action);
  add_extract(app, action);
  add_map(app, action);
  add_diff(app, action);
}

}  // namespace qember::cli
