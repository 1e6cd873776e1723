// SPDX-License-Identifier: LGPL-2.1-or-later
#include "verbs.hpp"

#include "../complaint.hpp"
#include "../help_text.hpp"

#include <qember/advanced/core/version.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>

namespace qember::cli {
namespace {

constexpr auto footer =
    "A stream is QEMU's native one or its BER form, bare or in a libvirt save, a qcow2 image or a compressed "
    "file, told apart by their first bytes; - is standard input.\n"
    "Exit codes: 0 fine; 1 invalid, unknown magic or the wrong direction; 2 usage, input or output; a closed "
    "pipe too; 3 the input ends early, and is sound up to there; 4 valid, but not supported or beyond the "
    "limits; 70 an error of qember's own. Where several apply: 70, then 2, 1, 3, 4.";

struct Verb {
  std::string_view name;
  void (*add)(CLI::App&, Action&);
};

/// All but `help`, which needs the others.
constexpr Verb verbs[] = {{"encode", add_encode}, {"decode", add_decode},   {"unwrap", add_unwrap},
                          {"wrap", add_wrap},     {"check", add_check},     {"info", add_info},
                          {"ls", add_ls},         {"show", add_show},       {"regs", add_regs},
                          {"read", add_read},     {"extract", add_extract}, {"mount", add_mount},
                          {"map", add_map},       {"diff", add_diff},       {"preflight", add_preflight},
                          {"edit", add_edit}};

}  // namespace

void add_verbs(CLI::App& app, Action& action, std::string_view given) {
  app.name("qember");
  app.description("VM migration streams in ASN.1 BER");
  app.set_version_flag("-V,--version", std::string(version()), "Print the version and exit");
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.formatter_fn([](const CLI::App* of, const std::string&, CLI::AppFormatMode) { return help_text(*of); });
  app.failure_message([&app](const CLI::App*, const CLI::Error& error) { return complaint(app, error); });
  app.require_subcommand(1);
  app.footer(footer);
  const auto is_given = [given](const Verb& verb) { return verb.name == given; };
  const bool is_one = std::ranges::any_of(verbs, is_given);
  for (const Verb& verb : verbs)
    if (!is_one || is_given(verb)) verb.add(app, action);
  if (!is_one) add_help(app, action);
}

}  // namespace qember::cli
