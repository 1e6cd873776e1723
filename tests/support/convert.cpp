// SPDX-License-Identifier: LGPL-2.1-or-later
#include "convert.hpp"

#include <qember/advanced/event/reordering.hpp>
#include <qember/advanced/io/memory_source.hpp>
#include <qember/advanced/qber/reader.hpp>
#include <qember/advanced/qber/writer.hpp>
#include <qember/advanced/qevm/reader.hpp>
#include <qember/advanced/qevm/writer.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <random>

namespace qember::test {
namespace {

using Sink = std::function<Status(const event::Event&)>;

void drain(io::Output& output, Bytes& to) {
  for (const iovec& piece : output.pieces()) {
    const auto* const begin = static_cast<const std::uint8_t*>(piece.iov_base);
    to.insert(to.end(), begin, begin + piece.iov_len);
  }
  output.clear();
}

/// Feeds `in` until the source ends or refuses; before each chunk, what came out is taken away.
Converted run(event::Source& source, io::Input& input, ByteView in, const Chunks& chunks, io::Output& output,
              const Sink& sink) {
  Converted result;
  for (;;) {
    auto event = source.next();
    if (event) {
      const bool ends = std::holds_alternative<event::StreamEnd>(*event);
      if (auto status = sink(*event); !status) result.error = status.error();
      if (!ends && !result.error) continue;
    } else if (event.error().code == Errc::need_more) {
      drain(output, result.out);
      if (in.empty()) {
        input.finish();
      } else {
        const std::size_t size = std::min(in.size(), chunks());
        input.feed(in.first(size));
        in = in.subspan(size);
      }
      continue;
    } else {
      result.error = event.error();
    }
    drain(output, result.out);
    result.page_size = source.session().page_size();
    return result;
  }
}

Converted encode_to(qber::SectionWriter writer, io::Output& output, ByteView native, const Chunks& chunks,
                    const EncodeForm& form) {
  io::Input input;
  io::MemorySource file(native);
  qevm::Reader reader(input, form.limits, {form.page_size, &file});
  event::ReorderingBuffer source(reader, form.limits);
  qber::Writer encoder(source, writer, form.limits, {form.opaque});
  return run(source, input, native, chunks, output,
             [&](const event::Event& event) { return encoder.take(event); });
}

}  // namespace

Chunks whole() {
  return [] { return static_cast<std::size_t>(-1); };
}

Chunks chunks_of(std::size_t size) {
  return [size] { return size; };
}

Chunks prime_chunks(unsigned seed) {
  static constexpr std::array<std::size_t, 10> primes{2, 3, 13, 61, 127, 251, 1021, 4093, 5003, 7919};
  return [random = std::make_shared<std::mt19937>(seed)] { return primes[(*random)() % primes.size()]; };
}

Converted encode(ByteView native, const Chunks& chunks, const EncodeForm& form) {
  io::Output output;
  if (!form.der) return encode_to(qber::SectionWriter(output), output, native, chunks, form);
  qber::Lengths lengths;
  Converted measured = encode_to(qber::SectionWriter::measuring(lengths), output, native, chunks, form);
  if (measured.error) return measured;
  return encode_to(qber::SectionWriter::definite(output, lengths), output, native, chunks, form);
}

Converted encode_again(const Converted& decoded, const EncodeForm& form) {
  Converted encoded = encode(decoded.out, whole(), form);
  if (!encoded.error) return encoded;
  EncodeForm told = form;
  told.page_size = decoded.page_size;
  return encode(decoded.out, whole(), told);
}

Converted decode(ByteView ber, const Chunks& chunks, const Limits& limits) {
  io::Input input;
  qber::Reader decoder(input, limits);
  io::Output output;
  qevm::Writer writer(output);
  return run(decoder, input, ber, chunks, output,
             [&](const event::Event& event) { return writer.take(event); });
}

std::string verdict(const Converted& converted) {
  if (!converted.error) return "accepted";
  const Error& error = *converted.error;
  return std::string(name_of(error.code)) + " at " + std::to_string(error.offset) + ": " + error.path;
}

}  // namespace qember::test
