// SPDX-License-Identifier: LGPL-2.1-or-later
#include "convert.hpp"
#include "verbs.hpp"

#include <qember/qevm/writer.hpp>

namespace qember::cli {
void add_decode(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("decode", "From BER to QEMU's native stream: the original bytes");
  auto options = std::make_shared<ConvertOptions>();
  options->add_to(*verb);
  verb->callback([&action, options] {
    action = [options] {
      return convert(*options, vm::Format::ber,
                     [](vm::OpenedStream&, io::Output& output) -> Result<std::unique_ptr<event::Sink>> {
                       return std::unique_ptr<event::Sink>(new qevm::Writer(output));
                     });
    };
  });
}

}  // namespace qember::cli
