// SPDX-License-Identifier: LGPL-2.1-or-later
// What check, encode and decode say of one stream agrees: what check passes the others take, what encode
// writes decode takes back to the same bytes, and both forms are found as sound as each other.
#include "support/convert.hpp"
#include "support/findings.hpp"
#include "support/hex.hpp"
#include "support/samples.hpp"
#include "support/stream_vectors.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace qember;
using namespace qember::test;
namespace fs = std::filesystem;

namespace {

/// What the command reads with.
const Limits limits = Limits::untrusted();

std::string said(const Converted& converted) {
  return converted.error ? to_string(*converted.error) : "accepted";
}

void native_agrees(ByteView native, const EncodeForm& form) {
  const auto found = findings(native, whole(), limits);
  const Converted encoded = encode(native, whole(), form);
  INFO("encode: " << said(encoded));
  if (encoded.error) {
    CHECK_FALSE(found.empty());
    CHECK(encoded.error->offset <= native.size());
    CHECK(encoded.error->path.starts_with("QEVM"));
    return;
  }
  const Converted decoded = decode(encoded.out, whole(), limits);
  INFO("decode: " << said(decoded));
  CHECK_FALSE(decoded.error);
  CHECK(std::ranges::equal(decoded.out, native));
  CHECK(findings(encoded.out, whole(), limits).size() == found.size());
}

void ber_agrees(ByteView ber) {
  const bool is_sound = findings(ber, whole(), limits, 1).empty();
  const Converted decoded = decode(ber, whole(), limits);
  INFO("decode: " << said(decoded));
  if (decoded.error) {
    CHECK_FALSE(is_sound);
    return;
  }
  const Converted again = encode_again(decoded, {.limits = limits});
  INFO("encode: " << said(again));
  CHECK_FALSE(again.error);
  CHECK((decode(again.out, whole(), limits).out == decoded.out));
}

void agrees(ByteView in) {
  if (!in.empty() && in[0] == 0x7f) return ber_agrees(in);
  native_agrees(in, {.limits = limits});
  native_agrees(in, {.opaque = true, .limits = limits});
  if (in.size() < 100'000) native_agrees(in, {.der = true, .limits = limits});
}

std::vector<fs::path> files_in(const fs::path& directory) {
  std::vector<fs::path> found;
  if (fs::is_directory(directory))
    for (const auto& entry : fs::directory_iterator(directory))
      if (entry.path().extension() != ".py" && entry.path().extension() != ".md")
        found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

/// START `ram` with that many blocks of 8192 bytes, under x-ignore-shared with an address each, and the
/// control records.
Bytes large(std::size_t blocks, bool shared, std::size_t controls_of_list, std::size_t controls,
            std::size_t page_size = 0) {
  NativeBuilder native;
  if (page_size != 0)
    native.configuration("pc", page_size);
  else
    native.configuration("pc");
  if (shared) native.u8(5).counted("configuration/capabilities").u32(1).u32(1).counted("x-ignore-shared");
  native.section(1, 1, "ram", 0, 4).u64(blocks * 8192 | 4);
  for (std::size_t i = 0; i < blocks; ++i) {
    native.counted("b" + std::to_string(i)).u64(8192);
    if (shared) native.u64(std::uint64_t{i} << 20U);
  }
  for (std::size_t i = 0; i < controls_of_list; ++i) native.u64(0x80);
  native.eos().footer(1).part(1);
  for (std::size_t i = 0; i < controls; ++i) native.u64(i % 3 == 0 ? 0x200 : 0x80);
  return native.zero("b0", 0).zero({}, 4096).eos().footer(1).ended(1).eof().bytes();
}

}  // namespace

TEST_CASE("check, encode and decode agree about every vector", "[agreement]") {
  for (const char* file : {"rules.vec", "decoded.vec", "encoded.vec"})
    for (const StreamVector& vector : read_stream_vectors(file)) {
      INFO(vector.line);
      agrees(vector.in);
    }
}

TEST_CASE("check, encode and decode agree about every input of the fuzz targets", "[agreement]") {
  for (const char* target : {"native_stream", "ber_stream", "decode_encode"})
    for (const fs::path& path : files_in(fs::path(QEMBER_TEST_CORPUS) / target)) {
      INFO(path.string());
      agrees(load(path));
    }
}

TEST_CASE("check, encode and decode agree about the inputs that once broke something", "[agreement]") {
  for (const fs::path& path : files_in(QEMBER_TEST_FAULTS)) {
    INFO(path.string());
    agrees(load(path));
  }
}

TEST_CASE("check, encode and decode agree about real streams", "[agreement][corpus]") {
  for (const fs::path& path : real_streams()) {
    INFO(path.filename().string());
    agrees(load(path));
  }
}

TEST_CASE("what there is most of goes into BER that decode takes", "[agreement]") {
  // Past what one section may hold of each.
  for (const Bytes& native : {large(16384, false, 0, 0), large(16384, true, 1, 0), large(2, false, 40000, 0),
                              large(2, false, 256, 256), large(1, true, 0, 40000), large(1, false, 255, 257),
                              large(1025, true, 300, 1)}) {
    INFO(native.size() << " bytes");
    CHECK(findings(native, whole(), limits).empty());
    agrees(native);
  }
}

TEST_CASE("one block more than a stream may open is the same limit in both forms", "[agreement]") {
  Limits more = limits;
  ++more.max_blocks;
  const Bytes native = large(more.max_blocks, false, 0, 0);
  CHECK(verdict(encode(native, whole(), {.limits = limits})).starts_with("limit at "));
  const Converted ber = encode(native, whole(), {.limits = more});
  CHECK(verdict(decode(ber.out, whole(), limits)).starts_with("limit at "));
  CHECK(verdict(decode(ber.out, whole(), more)) == "accepted");
}

TEST_CASE("encode refuses at the native offset what no reader with its limits would take", "[agreement]") {
  Limits small = limits;
  small.max_section = 4000;
  const Bytes native = large(1000, false, 0, 0);
  const Converted encoded = encode(native, whole(), {.limits = small});
  REQUIRE(encoded.error);
  CHECK(encoded.error->code == Errc::limit);
  CHECK(encoded.error->path == "QEVM.section[0]");
  CHECK(encoded.error->offset == 8 + 7);
}

TEST_CASE("control records before the first page do not depend on its size", "[agreement]") {
  // 0x200 is a record where pages are larger, and the page size shows with the first page.
  NativeBuilder native;
  native.page_size = 256;
  native.ram(1, {"a"}, 0x1000).part(1).u64(0x200).u64(0x80);
  native.page("a", 0, 1).page({}, 0x100, 2).page({}, 0x200, 3).eos().footer(1).ended(1).eof();
  agrees(native.bytes());
  CHECK(verdict(encode(native.bytes())) == "accepted");
}
