// SPDX-License-Identifier: LGPL-2.1-or-later
#include "convert.hpp"
#include "verbs.hpp"

namespace qember::cli {
void add_decode(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("decode", "From BER to QEMU's native stream: the original bytes");
  auto options = std::make_shared<ConvertOptions>();
  options->add_to(*verb);
  verb->callback([&action, options] {
    action = [options] {
      vm::ConvertOptions with;
      with.from = vm::Format::ber;
      return convert(*options, std::move(with));
    };
  });
}

}  // namespace qember::cli
