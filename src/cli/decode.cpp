// SPDX-License-Identifier: LGPL-2.1-or-later
#include "convert.hpp"
#include "verbs.hpp"

#include <qember/native/writer.hpp>

namespace qember::cli {
namespace {

class Decoding final : public Sink {
 public:
  explicit Decoding(stream::Output& output) : writer_(output) {}
  Status write(const native::Event& event) override { return writer_.write(event); }
  Status write(std::span<const native::RamPage> pages) override { return writer_.write(pages); }

 private:
  native::Writer writer_;
};

}  // namespace

void add_decode(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("decode", "From BER to QEMU's native stream: the original bytes");
  auto options = std::make_shared<ConvertOptions>();
  options->add_to(*verb);
  verb->callback([&action, options] {
    action = [options] {
      return convert(*options, Format::ber,
                     [](OpenedStream&, stream::Output& output) -> Result<std::unique_ptr<Sink>> {
                       return std::unique_ptr<Sink>(new Decoding(output));
                     });
    };
  });
}

}  // namespace qember::cli
