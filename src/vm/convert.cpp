// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/convert.hpp>

#include <qember/advanced/event/pump.hpp>
#include <qember/advanced/io/descriptor_source.hpp>
#include <qember/advanced/io/fd.hpp>
#include <qember/advanced/qber/writer.hpp>
#include <qember/advanced/qevm/writer.hpp>
#include <qember/advanced/vm/opened_stream.hpp>

#include "written.hpp"

#include <fmt/format.h>

namespace qember::vm {
namespace {

/// A writer of the native form, which does not know where in the input an event is.
class Decoding final : public event::Sink {
 public:
  Decoding(const OpenedStream& stream, io::Output& output) : stream_(stream), events_(output) {}

  Status take(const event::Event& event) override { return placed(events_.take(event)); }
  Status take(std::span<const event::RamPage> pages) override { return placed(events_.take(pages)); }
  bool takes_batches() const noexcept override { return true; }

 private:
  Status placed(Status status) const {
    if (status) return status;
    status.error().offset = stream_.offset();
    status.error().path = stream_.path();
    return status;
  }

  const OpenedStream& stream_;
  qevm::Writer events_;
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
Status measure(io::ByteSource& source, const ConvertOptions& options, qber::Lengths& lengths) {
  if (!source.is_seekable())
    return Error{Errc::usage, 0, "DER", "a source that is seekable, to be read twice", "another"};
  StreamOptions with = options.read;
  with.reorder = true;
  auto stream = OpenedStream::open(source, std::move(with));
  if (!stream) return std::move(stream.error());
  Encoding encoding(**stream, qber::SectionWriter::measuring(lengths, (*stream)->wire_format()),
                    options.read.limits, options.opaque);
  MeasuredLengths bounded(**stream, lengths, options.read.limits);
  return event::pump(**stream, encoding, bounded);
}

Status check_form(Format found, std::optional<Format> wanted) {
  if (!wanted || *wanted == found) return {};
  const bool native = *wanted == Format::native;
  return Error{Errc::wrong_direction, 0, "magic", native ? "QEMU's native stream" : "a BER stream",
               native ? "BER, which `decode` takes" : "QEMU's native stream, which `encode` takes"};
}

}  // namespace

Status convert(io::ByteSource& source, const Drain& drain, const ConvertOptions& options) {
  io::Output output;
  auto stream = open_to_write(source, options.read, true, output, drain);
  if (!stream) return std::move(stream.error());
  if (auto status = check_form((*stream)->format(), options.from); !status) return status;
  qber::Lengths lengths;
  std::optional<Encoding> encoding;
  std::optional<Decoding> decoding;
  if ((*stream)->format() == Format::ber) {
    decoding.emplace(**stream, output);
  } else if (options.der) {
    if (auto status = measure(source, options, lengths); !status) return status;
    encoding.emplace(**stream, qber::SectionWriter::definite(output, lengths, (*stream)->wire_format()),
                     options.read.limits, options.opaque);
  } else {
    encoding.emplace(**stream, qber::SectionWriter(output, (*stream)->wire_format()), options.read.limits,
                     options.opaque);
  }
  event::Sink& writer = encoding ? static_cast<event::Sink&>(*encoding) : *decoding;
  Passing passing(**stream, output, drain, options.progress);
  auto status = event::pump(**stream, writer, passing);
  if (!status) (void)drain(output);
  return status;
}

Status convert(int from, int to, const ConvertOptions& options) {
  io::DescriptorSource source(io::Descriptor(from), "input");
  return convert(source, [to](io::Output& output) { return io::drain(output, to); }, options);
}

}  // namespace qember::vm
