// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../report.hpp"
#include "convert.hpp"
#include "verbs.hpp"

#include <qember/qber/writer.hpp>

#include <fmt/format.h>

#include <sys/stat.h>
#include <unistd.h>

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
        encoder_(stream.source(), writer_, options.read.stream_options().limits, options.encoder()) {}

  Status write(const event::Event& event) override { return encoder_.write(event); }
  Status write(std::span<const event::RamPage> pages) override { return encoder_.write(pages); }

 private:
  qber::SectionWriter writer_;
  qber::Writer encoder_;
};

/// The first pass of two: what every length in the output will be.
Result<qber::Lengths> measure(const EncodeOptions& options) {
  struct stat status{};
  const int known =
      options.input == "-" ? ::fstat(STDIN_FILENO, &status) : ::stat(options.input.c_str(), &status);
  if (known != 0) return io::system_error(options.input);
  if (!S_ISREG(status.st_mode))
    return Error{Errc::usage, 0, options.input, "a file for --der, which reads it twice", "something else"};
  const off_t begin = options.input == "-" ? ::lseek(STDIN_FILENO, 0, SEEK_CUR) : 0;
  auto stream = vm::OpenedStream::open(options.input, options.read.stream_options());
  if (!stream) return std::move(stream.error());
  qber::Lengths lengths;
  Encoding encoding(**stream, qber::SectionWriter::measuring(lengths), options);
  for (bool ends = (*stream)->format() == vm::Format::ber; !ends;) {
    auto event = (*stream)->next();
    if (!event) return std::move(event.error());
    ends = std::holds_alternative<event::StreamEnd>(*event);
    if (auto written = encoding.write(*event); !written) return std::move(written.error());
    if (const std::size_t most = options.read.stream_options().limits.max_lengths; lengths.bytes() > most)
      return Error{Errc::limit, (*stream)->source().offset(), (*stream)->source().path(),
                   fmt::format("max_lengths: lengths of a DER encoding in at most {} bytes", most), "more"};
  }
  if (options.input == "-" && ::lseek(STDIN_FILENO, begin, SEEK_SET) < 0)
    return io::system_error(options.input);
  return lengths;
}

int encode(const EncodeOptions& options) {
  qber::Lengths lengths;
  if (options.der) {
    auto measured = measure(options);
    if (!measured) return fail(options.input, measured.error());
    lengths = std::move(*measured);
  }
  return convert(options, vm::Format::native,
                 [&](vm::OpenedStream& stream, io::Output& output) -> Result<std::unique_ptr<Sink>> {
                   auto to = options.der ? qber::SectionWriter::definite(output, lengths)
                                         : qber::SectionWriter(output);
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
