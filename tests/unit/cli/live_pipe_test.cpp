// SPDX-License-Identifier: LGPL-2.1-or-later
// Pipe to pipe: what is complete goes on at once, and memory does not grow with the stream.
#include "support/command.hpp"
#include "support/convert.hpp"
#include "support/samples.hpp"

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
  for (std::size_t i = 0; i < count; ++i) to.page(i == 0 ? NativeBuilder::Block("pc.ram") : std::nullopt, i * 4096, static_cast<std::uint8_t>(i + 1));
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

constexpr long kib_of_any_stream = 16 << 10;

}  // namespace

TEST_CASE("every page that is complete comes out while the pipe is held open") {
  constexpr std::size_t count = 200;
  NativeBuilder stream = pages(count);
  const std::size_t native_half = stream.size();
  const Bytes whole_native = stream.eos().footer(1).eof().bytes();
  const Bytes whole_ber = encode(whole_native).out;
  // After the last page's octets: the ends of its lists, of the section and of the file.
  const std::size_t ber_half = static_cast<std::size_t>(
      std::ranges::search(whole_ber, Bytes{0x5f, 0xd3, 0x45, 0x00, 0, 0, 0, 0, 0, 0}).begin() - whole_ber.begin()) - 6;
  const ByteView native = ByteView(whole_native).first(native_half);
  const ByteView ber = ByteView(whole_ber).first(ber_half);
  REQUIRE(ber.back() == static_cast<std::uint8_t>(count));
  comes_out("encode", native, ber);
  comes_out("decode", ber, native);
  // A page of which an octet is missing does not hold up the ones before it.
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

  Running encode({"encode"});
  Running decode({"decode"});
  std::thread feeder([&] {
    encode.write(bytes.first(head));
    for (std::size_t i = 0; i < gib * 256; ++i) encode.write(bytes.subspan(head));
    encode.write(Bytes{0});
    encode.close_input();
  });
  std::thread middle([&] {
    for (Bytes piece; !(piece = encode.read(std::size_t{1} << 20U)).empty();) decode.write(piece);
    decode.close_input();
  });
  std::uint64_t octets = 0;
  bool same = true;
  for (Bytes piece; !(piece = decode.read(std::size_t{1} << 20U)).empty(); octets += piece.size()) {
    for (std::size_t i = 0; i < piece.size() && octets + i < head + bytes.size(); ++i) {
      const std::uint64_t at = octets + i;
      same = same && piece[i] == (at < bytes.size() ? bytes[at] : bytes[head + (at - bytes.size())]);
    }
  }
  feeder.join();
  middle.join();
  const Ran encoded = encode.wait();
  const Ran decoded = decode.wait();
  CHECK(same);
  CHECK(octets == head + gib * 256 * (bytes.size() - head) + 1);
  CHECK(encoded.code == 0);
  CHECK(decoded.code == 0);
  CHECK(encoded.peak_kib <= kib_of_any_stream);
  CHECK(decoded.peak_kib <= kib_of_any_stream);
  WARN(gib << " GiB in a pipe: encode at most " << encoded.peak_kib << " KiB, decode " << decoded.peak_kib);
}

TEST_CASE("a real stream in a pipe costs its device state and four times its description at most", "[corpus]") {
  for (const auto& path : real_streams()) {
    if (path.filename().string().find("live") == std::string::npos && path.extension() == ".xz") continue;
    INFO(path.filename().string());
    const Bytes native = load(path);
    const Ran encoded = run({"encode"}, native);
    const Ran decoded = run({"decode"}, as_bytes(encoded.out));
    REQUIRE(encoded.code == 0);
    REQUIRE(as_text(native) == decoded.out);
    const auto info = nlohmann::json::parse(run({"info", "--json", "-"}, native).out);
    const long devices = info["bytes"]["device"].get<long>();
    const auto description = as_text(native).rfind("{\"page_size\"");
    const long text = static_cast<long>(native.size() - description);
    const long most = kib_of_any_stream + (devices + 4 * text) / 1024;
    CHECK(encoded.peak_kib <= most);
    CHECK(decoded.peak_kib <= most);
    WARN(path.filename().string() << ": encode at most " << encoded.peak_kib << " KiB, decode " << decoded.peak_kib << ", of " << most);
  }
}
