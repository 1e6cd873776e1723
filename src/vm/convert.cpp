// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/convert.hpp>

#include <qember/advanced/event/pump.hpp>
#include <qember/advanced/qber/writer.hpp>
#include <qember/advanced/qevm/writer.hpp>

#include <fmt/format.h>

namespace qember::vm {
namespace {

/// A pipe may not end in pieces larger than this before they are passed on.
constexpr std::size_t most_pending = std::size_t{4} << 20U;

/// Passes on what was written, behind the one that writes it, and tells the progress.
class Passing final : public event::Sink {
 public:
  Passing(const OpenedStream& stream, io::Output& output, const Drain& drain, const ConvertOptions& options)
      : stream_(stream), output_(output), drain_(drain), options_(options) {}

  Status take(const event::Event& event) override {
    return std::holds_alternative<event::StreamEnd>(event) ? drain_(output_) : pass();
  }
  Status take(std::span<const event::RamPage>) override { return pass(); }
  bool takes_batches() const noexcept override { return true; }

 private:
  Status pass() {
    if (options_.progress) options_.progress(stream_.input().offset());
    return output_.pending() < most_pending ? Status() : drain_(output_);
  }

  const OpenedStream& stream_;
  io::Output& output_;
  const Drain& drain_;
  const ConvertOptions& options_;
};

const qber::WireFormat& format_of(const ConvertOptions& options) {
  return options.read.format ? *options.read.format : qber::WireFormat::own();
}

/// A writer of BER and what it writes to.
class Encoding final : public event::Sink {
 public:
  Encoding(const OpenedStream& stream, qber::SectionWriter to, const ConvertOptions& options)
      : writer_(std::move(to)), events_(stream, writer_, options.read.limits, {options.opaque}) {}

  Status take(const event::Event& event) override { return events_.take(event); }
  Status take(std::span<const event::RamPage> pages) override { return events_.take(pages); }
  bool takes_batches() const noexcept override { return true; }

 private:
  qber::SectionWriter writer_;
  qber::Writer events_;
};

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
  Encoding encoding(**stream, qber::SectionWriter::measuring(lengths, format_of(options)), options);
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
  StreamOptions with = options.read;
  with.reorder = true;
  with.before_wait = [&] { return drain(output); };
  auto stream = OpenedStream::open(source, std::move(with));
  if (!stream) return std::move(stream.error());
  if (auto status = check_form((*stream)->format(), options.from); !status) return status;
  qber::Lengths lengths;
  std::optional<Encoding> encoding;
  std::optional<Decoding> decoding;
  if ((*stream)->format() == Format::ber) {
    decoding.emplace(**stream, output);
  } else if (options.der) {
    if (auto status = measure(source, options, lengths); !status) return status;
    encoding.emplace(**stream, qber::SectionWriter::definite(output, lengths, format_of(options)), options);
  } else {
    encoding.emplace(**stream, qber::SectionWriter(output, format_of(options)), options);
  }
  event::Sink& writer = encoding ? static_cast<event::Sink&>(*encoding) : *decoding;
  Passing passing(**stream, output, drain, options);
  auto status = event::pump(**stream, writer, passing);
  if (!status) (void)drain(output);
  return status;
}

}  // namespace qember::vm
