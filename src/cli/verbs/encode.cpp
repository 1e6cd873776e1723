// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../report.hpp"
#include "convert.hpp"
#include "verbs.hpp"

#include <qember/io/file_checks.hpp>
#include <qember/qber/writer.hpp>

#include <fmt/format.h>

namespace qember::cli {
namespace {

struct EncodeOptions : ConvertOptions {
  bool der = false;
  bool opaque = false;

  qber::WriterOptions encoder() const { return {opaque}; }
};

class Encoding final : public Sink {
 public:
  Encoding(vm::OpenedStream& stream, qber::SectionWriter to, const EncodeOptions& options)
      : writer_(std::move(to)),
        encoder_(stream, writer_, options.read.stream_options().limits, options.encoder()) {}

  Status write(const event::Event& event) override { return encoder_.write(event); }
  Status write(std::span<const event::RamPage> pages) override { return encoder_.write(pages); }

 private:
  qber::SectionWriter writer_;
  qber::Writer encoder_;
};

/// The first pass of two: what every length in the output will be.
Result<qber::Lengths> measure(io::ByteSource& source, const EncodeOptions& options) {
  auto stream = vm::OpenedStream::open(source, options.read.stream_options());
  if (!stream) return std::move(stream.error());
  qber::Lengths lengths;
  Encoding encoding(**stream, qber::SectionWriter::measuring(lengths), options);
  for (bool ends = false; !ends;) {
    auto event = (*stream)->next();
    if (!event) return std::move(event.error());
    ends = std::holds_alternative<event::StreamEnd>(*event);
    if (auto written = encoding.write(*event); !written) return std::move(written.error());
    if (const std::size_t most = options.read.stream_options().limits.max_lengths; lengths.bytes() > most)
      return Error{Errc::limit, (*stream)->offset(), (*stream)->path(),
                   fmt::format("max_lengths: lengths of a DER encoding in at most {} bytes", most), "more"};
  }
  return lengths;
}

int encode(const EncodeOptions& options) {
  if (options.der) {
    const auto can_be_read_twice = io::is_seekable(options.input);
    if (!can_be_read_twice) return fail(options.input, can_be_read_twice.error());
    if (!*can_be_read_twice)
      return fail(options.input, {Errc::usage, 0, options.input, "a file for --der, which reads it twice",
                                  "something else"});
  }
  qber::Lengths lengths;
  return convert(options, vm::Format::native,
                 [&](vm::OpenedStream& stream, io::Output& output) -> Result<std::unique_ptr<Sink>> {
                   if (!options.der)
                     return std::unique_ptr<Sink>(new Encoding(stream, qber::SectionWriter(output), options));
                   auto measured = measure(stream.bytes(), options);
                   if (!measured) return std::move(measured.error());
                   lengths = std::move(*measured);
                   auto to = qber::SectionWriter::definite(output, lengths);
                   return std::unique_ptr<Sink>(new Encoding(stream, std::move(to), options));
                 });
}

}  // namespace

void add_encode(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("encode", "From QEMU's native stream to BER");
  auto options = std::make_shared<EncodeOptions>();
  options->add_to(*verb);
  verb->add_flag("--der", options->der, "Write DER: all lengths definite. Reads the input twice");
  verb->add_flag("--opaque", options->opaque, "Leave device state as blobs");
  verb->callback([&action, options] { action = [options] { return encode(*options); }; });
}

}  // namespace qember::cli
