// SPDX-License-Identifier: LGPL-2.1-or-later
// Streams that end too early, at every byte.
#include "support/convert.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::test;

namespace {

/// Walks BER as far as it goes, by nothing but X.690: the oracle for where a reader going forward stops.
class Walk {
 public:
  explicit Walk(ByteView in) : in_(in) {}

  /// Where the first TLV begins that is not there: at the end of the input, unless one is cut.
  std::size_t stop() {
    tlv();
    return stopped_at_;
  }
  /// Where each TLV begins, ends of contents too.
  const std::vector<std::size_t>& boundaries() const { return boundaries_; }

 private:
  enum class Found { end_of_contents, other, cut };

  Found stop_at(std::size_t at) {
    stopped_at_ = at;
    return Found::cut;
  }
  Found tlv() {
    const std::size_t begin = at_;
    boundaries_.push_back(begin);
    std::size_t at = begin;
    const auto more = [&] { return at < in_.size(); };
    if (!more()) return stop_at(begin);
    const std::uint8_t first = in_[at++];
    for (bool long_form = (first & 0x1fU) == 0x1f; long_form; long_form = (in_[at++] & 0x80U) != 0)
      if (!more()) return stop_at(begin);
    if (!more()) return stop_at(begin);
    std::size_t length = in_[at++];
    const bool indefinite = length == 0x80;
    if (length > 0x80) {
      std::size_t bytes = length & 0x7fU;
      for (length = 0; bytes > 0; --bytes) {
        if (!more()) return stop_at(begin);
        length = length << 8U | in_[at++];
      }
    }
    at_ = at;
    if ((first & 0x20U) == 0) {
      if (in_.size() - at < length) return stop_at(begin);
      at_ = at + length;
      return first == 0 ? Found::end_of_contents : Found::other;
    }
    while (indefinite || at_ < at + length) {
      const Found inside = tlv();
      if (inside == Found::cut) return inside;
      if (indefinite && inside == Found::end_of_contents) break;
    }
    return Found::other;
  }

  ByteView in_;
  std::size_t at_ = 0;
  std::size_t stopped_at_ = 0;
  std::vector<std::size_t> boundaries_;
};

bool truncated_at(const Converted& converted, std::size_t offset) {
  return verdict(converted).starts_with("truncated at " + std::to_string(offset) + ":");
}

/// Decodes `ber` up to `size`, which must be found, and leave nothing that looks whole.
void cut_ber(ByteView ber, std::size_t size, const Chunks& chunks) {
  const ByteView cut = ber.first(size);
  const Converted decoded = decode(cut, chunks);
  INFO("cut to " << size << (decoded.error ? ": " + to_string(*decoded.error) : ""));
  REQUIRE(truncated_at(decoded, Walk(cut).stop()));
  REQUIRE(encode(decoded.out).error);
}

void cut_native(const NativeBuilder& native, std::size_t size, const Chunks& chunks) {
  const Converted encoded = encode(ByteView(native.bytes()).first(size), chunks);
  INFO("cut to " << size << (encoded.error ? ": " + to_string(*encoded.error) : ""));
  REQUIRE(truncated_at(encoded, native.cut_at(size)));
  REQUIRE(verdict(decode(encoded.out)).starts_with("truncated"));
}

/// RAM, then devices in a package, which is how they come in a postcopy migration.
NativeBuilder packaged_stream() {
  NativeBuilder package;
  const std::size_t header = package.size();
  package.command(4).device(1, "dev", dev_state()).command(5);
  const Bytes elements(package.bytes().begin() + static_cast<std::ptrdiff_t>(header), package.bytes().end());
  NativeBuilder to;
  to.command(3, Bytes{0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0x10, 0});
  to.ram(2, {"pc.ram"}, 0x2000).part(2).zero("pc.ram", 0).eos().footer(2);
  to.command(7, Bytes{0, 0, 0, static_cast<std::uint8_t>(elements.size())});
  to.command(4).device(1, "dev", dev_state()).command(5);
  return to.end(2).zero("pc.ram", 0x1000).eos().footer(2).eof();
}

}  // namespace

TEST_CASE("a native stream that is cut anywhere is truncated, but right after its end mark") {
  for (const NativeBuilder& native : {small_stream(), packaged_stream()}) {
    REQUIRE(verdict(encode(native.bytes())) == "accepted");
    const std::size_t description = small_description().size() + 5;
    const std::size_t benign = native.size() > description ? native.size() - description : native.size();
    for (std::size_t size = 0; size < native.size(); ++size) {
      if (size == benign) continue;
      cut_native(native, size, whole());
      if (size % 16 == 0) cut_native(native, size, chunks_of(61));
    }
  }
}

TEST_CASE("a native stream that is cut right after its end mark is one without a description") {
  Bytes native = small_stream().bytes();
  native.resize(native.size() - small_description().size() - 5);
  const Converted encoded = encode(native);
  REQUIRE(verdict(encoded) == "accepted");
  CHECK(decode(encoded.out).out == native);
}

TEST_CASE("BER that is cut anywhere is truncated where a reader going forward stops") {
  const Bytes native = small_stream().bytes();
  for (const EncodeForm& form : {EncodeForm{}, EncodeForm{.der = true}, EncodeForm{.opaque = true}}) {
    const Bytes ber = encode(native, whole(), form).out;
    REQUIRE(decode(ber).out == native);
    for (std::size_t size = 0; size < ber.size(); ++size) {
      cut_ber(ber, size, whole());
      if (size % 16 == 0) cut_ber(ber, size, chunks_of(61));
    }
  }
}

TEST_CASE("a real stream in BER that is cut at the boundary of any TLV is truncated there", "[corpus]") {
  const Bytes ber = encode(sample()).out;
  Walk walk(ber);
  REQUIRE(walk.stop() == 0);
  for (const std::size_t size : walk.boundaries()) {
    INFO("cut to " << size);
    REQUIRE(truncated_at(decode(ByteView(ber).first(size)), size));
  }
}
