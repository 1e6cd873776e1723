// SPDX-License-Identifier: LGPL-2.1-or-later
#include "convert.hpp"
#include "verbs.hpp"

#include <qember/native/writer.hpp>

namespace qember::cli {

void add_decode(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("decode", "From BER to QEMU's native stream: the original bytes");
  auto options = std::make_shared<ConvertOptions>();
  options->add_to(*verb);
  verb->callback([&action, options] {
    action = [options] {
      return convert(*options, Format::ber, [](OpenedStream&, stream::Output& output) -> Result<EventSink> {
        auto writer = std::make_shared<native::Writer>(output);
        return EventSink([writer](const native::Event& event) {
          writer->write(event);
          return Status();
        });
      });
    };
  });
}

}  // namespace qember::cli
