// SPDX-License-Identifier: LGPL-2.1-or-later
// Pipe to pipe: what is complete goes on at once, and memory does not grow with the stream.
#include "support/command.hpp"
#include "support/convert.hpp"
#include "support/samples.hpp"
#include "support/sanitized.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <thread>

using namespace qember;
using namespace qember::test;

namespace {

/// The head of a stream and `count` pages of it, each with its number in it.
NativeBuilder pages(std::size_t count) {
  NativeBuilder to;
  to.ram(1, {"pc.ram"}, count * 4096).part(1);
  for (std::size_t i = 0; i < count; ++i)
    to.page(i == 0 ? NativeBuilder::Block("pc.ram") : std::nullopt, i * 4096,
            static_cast<std::uint8_t>(i + 1));
  return to;
}

/// Feeds half of the stream, and wants all of `expected` before any more of it comes.
void comes_out(const std::string& verb, ByteView half, ByteView expected) {
  Running running({verb});
  running.write(half);
  CHECK(as_text(running.read(expected.size())) == as_text(expected));
  running.close_input();
  running.close_output();
  CHECK(running.wait().code != 0);
}

constexpr long kib_of_any_stream = (is_sanitized ? 1024 : 16) << 10;

}  // namespace

TEST_CASE("every page that is complete comes out while the pipe is held open") {
  constexpr std::size_t count = 200;
  NativeBuilder stream = pages(count);
  const std::size_t native_half = stream.size();
  const Bytes whole_native = stream.eos().footer(1).eof().bytes();
  const Bytes whole_ber = encode(whole_native).out;
  // After the last page's bytes: the ends of its lists, of the section and of the file.
  const Bytes ends{0x5f, 0xd3, 0x45, 0x00, 0, 0, 0, 0, 0, 0};
  const auto found = std::search(whole_ber.begin(), whole_ber.end(), ends.begin(), ends.end());
  const std::size_t ber_half = static_cast<std::size_t>(found - whole_ber.begin()) - 6;
  const ByteView native = ByteView(whole_native).first(native_half);
  const ByteView ber = ByteView(whole_ber).first(ber_half);
  REQUIRE(ber.back() == static_cast<std::uint8_t>(count));
  comes_out("encode", native, ber);
  comes_out("decode", ber, native);
  // A page of which a byte is missing does not hold up the ones before it.
  constexpr std::size_t page_in_ber = 4096 + 16;
  comes_out("encode", native.first(native.size() - 1), ber.first(ber.size() - page_in_ber));
  comes_out("decode", ber.first(ber.size() - 1), native.first(native.size() - 4096 - 8));
}

TEST_CASE("memory does not grow with the stream") {
  // In a pipe, made as it goes: the head, the same pages again and again, the end.
  const char* const wanted = std::getenv("QEMBER_TEST_GIB");
  const std::size_t gib = wanted != nullptr ? std::strtoul(wanted, nullptr, 10) : 1;
  constexpr std::size_t count = 1024;
  NativeBuilder stream;
  stream.ram(1, {"pc.ram"}, count * 4096);
  const std::size_t head = stream.size();
  stream.part(1);
  for (std::size_t i = 0; i < count; ++i) stream.page("pc.ram", i * 4096, static_cast<std::uint8_t>(i + 1));
  stream.eos().footer(1);
  const ByteView bytes(stream.bytes());

  const std::size_t rounds = gib * 256;
  const auto byte_at = [&](std::uint64_t at) {
    return bytes[at < head ? at : head + (at - head) % (bytes.size() - head)];
  };

  Running encode({"encode"});
  Running decode({"decode"});
  std::thread feeder([&] {
    encode.write(bytes.first(head));
    for (std::size_t i = 0; i < rounds; ++i) encode.write(bytes.subspan(head));
  });
  std::thread middle([&] {
    for (Bytes piece; !(piece = encode.read_some()).empty();) decode.write(piece);
    decode.close_input();
  });
  const std::uint64_t expected = head + rounds * (bytes.size() - head);
  bool same = true;
  std::uint64_t read = 0;
  // The footer at the very end comes with what follows it.
  constexpr std::size_t footer = 5;
  while (read < expected - footer - 8) {
    const Bytes piece =
        decode.read(std::min<std::uint64_t>(std::size_t{1} << 20U, expected - footer - 8 - read));
    if (piece.empty()) break;
    for (std::size_t i = 0; i < piece.size(); i += 509) same = same && piece[i] == byte_at(read + i);
    read += piece.size();
  }
  feeder.join();
  CHECK(same);
  CHECK(read == expected - footer - 8);
  CHECK(encode.peak_kib() <= kib_of_any_stream);
  CHECK(decode.peak_kib() <= kib_of_any_stream);
  WARN(gib << " GiB in a pipe: encode at most " << encode.peak_kib() << " KiB, decode " << decode.peak_kib());
  encode.write(Bytes{0});
  encode.close_input();
  CHECK(decode.read(1000).size() == footer + 8 + 1);
  middle.join();
  CHECK(encode.wait().code == 0);
  CHECK(decode.wait().code == 0);
}

namespace {

/// The peak of a run on `in`, once all but the last bytes of `out` have come and the pipe is still open.
long peak_of(const std::string& verb, ByteView in, ByteView out) {
  constexpr std::size_t ends_of_contents = 4;
  Running running({verb});
  std::thread feeder([&] { running.write(in); });
  const Bytes came = running.read(out.size() - ends_of_contents);
  feeder.join();
  const long peak = running.peak_kib();
  CHECK(std::ranges::equal(came, out.first(out.size() - ends_of_contents)));
  running.close_input();
  running.read(ends_of_contents);
  CHECK(running.wait().code == 0);
  return peak;
}

}  // namespace

TEST_CASE("a real stream in a pipe costs its device state and four times its description at most",
          "[corpus]") {
  for (const auto& path : real_streams()) {
    if (path.filename().string().find("live") == std::string::npos && path.extension() == ".xz") continue;
    INFO(path.filename().string());
    const Bytes native = load(path);
    const Bytes ber = encode(native).out;
    const auto info = nlohmann::json::parse(run({"info", "--json", "-"}, native).out);
    const long devices = info["bytes"]["device"].get<long>();
    const auto description = as_text(native).rfind("{\"page_size\"");
    const long text = static_cast<long>(native.size() - description);
    const long most = kib_of_any_stream + (devices + 4 * text) / 1024;
    const long encoding = peak_of("encode", native, ber);
    const long decoding = peak_of("decode", ber, native);
    CHECK(encoding <= most);
    CHECK(decoding <= most);
    WARN(path.filename().string() << ": encode at most " << encoding << " KiB, decode " << decoding << ", of "
                                  << most);
  }
}
