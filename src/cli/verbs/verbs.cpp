// SPDX-License-Identifier: LGPL-2.1-or-later
#include "verbs.hpp"

#include "../complaint.hpp"
#include "../help_text.hpp"

#include <qember/advanced/core/version.hpp>

#include <CLI/CLI.hpp>

namespace qember::cli {
namespace {

constexpr auto footer =
    "A stream is QEMU's native one or its BER form, bare or in a libvirt save, a qcow2 image or a compressed "
    "file, told apart by their first bytes; - is standard input.\n"
    "Exit codes: 0 fine; 1 invalid, unknown magic or the wrong direction; 2 usage, input or output; a closed "
    "pipe too; 3 the input ends early, and is sound up to there; 4 valid, but not supported or beyond the "
    "limits; 70 an error of qember's own. Where several apply: 70, then 2, 1, 3, 4.";

}  // namespace

void add_verbs(CLI::App& app, Action& action) {
  app.name("qember");
  app.description("VM migration streams in ASN.1 BER");
  app.set_version_flag("-V,--version", std::string(version()), "Print the version and exit");
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.formatter_fn([](const CLI::App* of, const std::string&, CLI::AppFormatMode) { return help_text(*of); });
  app.failure_message([&app](const CLI::App*, const CLI::Error& error) { return complaint(app, error); });
  app.require_subcommand(1);
  app.footer(footer);
  add_encode(app, action);
  add_decode(app, action);
  add_unwrap(app, action);
  add_wrap(app, action);
  add_check(app, action);
  add_info(app, action);
  add_ls(app, action);
  add_show(app, action);
  add_regs(app, action);
  add_read(app, action);
  add_extract(app, action);
  add_mount(app, action);
  add_map(app, action);
  add_diff(app, action);
  add_preflight(app, action);
  add_edit(app, action);
  add_help(app, action);
}

}  // namespace qember::cli
