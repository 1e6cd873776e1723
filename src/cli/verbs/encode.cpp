// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../report.hpp"
#include "convert.hpp"
#include "verbs.hpp"

#include <qember/event/pump.hpp>
#include <qember/io/file_checks.hpp>
#include <qember/qber/writer.hpp>

#include <fmt/format.h>

namespace qember::cli {
namespace {

struct EncodeOptions : ConvertOptions {
  bool der = false;
  bool opaque = false;

  qber::WriterOptions writer() const { return {opaque}; }
};

class Encoding final : public event::Sink {
 public:
  Encoding(vm::OpenedStream& stream, qber::SectionWriter to, const EncodeOptions& options)
      : writer_(std::move(to)),
        events_(stream, writer_, options.read.stream_options().limits, options.writer()) {}

  Status take(const event::Event& event) override { return events_.take(event); }
  Status take(std::span<const event::RamPage> pages) override { return events_.take(pages); }
  bool takes_batches() const noexcept override { return true; }

 private:
  qber::SectionWriter writer_;
  qber::Writer events_;
};

/// Refuses more lengths than the limits allow, behind the one that measures them.
class MeasuredLengths final : public event::Sink {
 public:
  MeasuredLengths(const event::Context& context, const qber::Lengths& lengths, const Limits& limits)
      : context_(context), lengths_(lengths), most_(limits.max_lengths) {}

  Status take(const event::Event&) override { return check(); }
  Status take(std::span<const event::RamPage>) override { return check(); }
  bool takes_batches() const noexcept override { return true; }

 private:
  Status check() const {
    if (lengths_.bytes() <= most_) return {};
    return Error{Errc::limit, context_.offset(), context_.path(),
                 fmt::format("max_lengths: lengths of a DER encoding in at most {} bytes", most_), "more"};
  }

  const event::Context& context_;
  const qber::Lengths& lengths_;
  std::size_t most_;
};

/// The first pass of two: what every length in the output will be.
Result<qber::Lengths> measure(io::ByteSource& source, const EncodeOptions& options) {
  auto stream = vm::OpenedStream::open(source, options.read.stream_options());
  if (!stream) return std::move(stream.error());
  qber::Lengths lengths;
  Encoding encoding(**stream, qber::SectionWriter::measuring(lengths), options);
  MeasuredLengths bounded(**stream, lengths, options.read.stream_options().limits);
  if (auto status = event::pump(**stream, encoding, bounded); !status) return std::move(status.error());
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
  return convert(
      options, vm::Format::native,
      [&](vm::OpenedStream& stream, io::Output& output) -> Result<std::unique_ptr<event::Sink>> {
        if (!options.der)
          return std::unique_ptr<event::Sink>(new Encoding(stream, qber::SectionWriter(output), options));
        auto measured = measure(stream.bytes(), options);
        if (!measured) return std::move(measured.error());
        lengths = std::move(*measured);
        auto to = qber::SectionWriter::definite(output, lengths);
        return std::unique_ptr<event::Sink>(new Encoding(stream, std::move(to), options));
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
