// SPDX-License-Identifier: LGPL-2.1-or-later
#include "convert.hpp"
#include "verbs.hpp"

#include <qember/qevm/writer.hpp>

namespace qember::cli {
namespace {

class Decoding final : public Sink {
 public:
  explicit Decoding(io::Output& output) : writer_(output) {}
  Status write(const event::Event& event) override { return writer_.write(event); }
  Status write(std::span<const event::RamPage> pages) override { return writer_.write(pages); }

 private:
  qevm::Writer writer_;
};

}  // namespace

void add_decode(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("decode", "From BER to QEMU's native stream: the original bytes");
  auto options = std::make_shared<ConvertOptions>();
  options->add_to(*verb);
  verb->callback([&action, options] {
    action = [options] {
      return convert(*options, vm::Format::ber,
                     [](vm::OpenedStream&, io::Output& output) -> Result<std::unique_ptr<Sink>> {
                       return std::unique_ptr<Sink>(new Decoding(output));
                     });
    };
  });
}

}  // namespace qember::cli
