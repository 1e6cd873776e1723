// SPDX-License-Identifier: LGPL-2.1-or-later
#include "convert.hpp"
#include "verb.hpp"

#include <qember/advanced/vm/unwrap.hpp>

namespace qember::cli {
namespace {

struct UnwrapOptions : ConvertOptions {
  bool plain = false;
};

int unwrap(const UnwrapOptions& options) {
  const auto run = [&options](io::ByteSource& source, const vm::Drain& drain,
                              const vm::ConvertOptions& with) {
    return vm::unwrap(source, drain, {with.read, options.plain, with.progress});
  };
  return convert(options, {}, run);
}

}  // namespace

void add_unwrap(CLI::App& app, Action& action) {
  auto [verb, options] =
      add_verb(app, action, "unwrap", "The bare stream out of what holds it: the same bytes", unwrap);
  options.add_to(verb);
  verb.add_flag("--plain", options.plain,
                "Make a stream that -incoming exec: takes of mapped-ram, compressed pages and BER");
}

}  // namespace qember::cli
