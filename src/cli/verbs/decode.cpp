// SPDX-License-Identifier: LGPL-2.1-or-later
#include "convert.hpp"
#include "verb.hpp"

namespace qember::cli {
namespace {

int decode(const ConvertOptions& options) {
  vm::ConvertOptions with;
  with.from = vm::Format::ber;
  return convert(options, std::move(with));
}

}  // namespace

void add_decode(CLI::App& app, Action& action) {
  auto [verb, options] =
      add_verb(app, action, "decode", "From BER to QEMU's native stream: the original bytes", decode);
  options.add_to(verb);
}

}  // namespace qember::cli
