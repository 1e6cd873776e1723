// SPDX-License-Identifier: LGPL-2.1-or-later
// The same answer however the bytes arrive: the same output of a sound stream, and of any other the same
// error, with the bytes that it shows.
#include "support/convert.hpp"
#include "support/findings.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <memory>

using namespace qember;
using namespace qember::test;

namespace {

/// All at once, a byte at a time, and in two pieces that meet at a place.
std::vector<Chunks> arrivals(std::size_t size, std::size_t place) {
  const auto in_two = [](std::size_t first) -> Chunks {
    return [first, begun = std::make_shared<bool>(false)] {
      return std::exchange(*begun, true) ? static_cast<std::size_t>(-1) : first;
    };
  };
  std::vector<Chunks> all{chunks_of(1), prime_chunks(static_cast<unsigned>(place))};
  if (place > 0 && place < size) all.push_back(in_two(place));
  return all;
}

std::string text_of(const Converted& converted) {
  return converted.error ? to_string(*converted.error) : "accepted";
}

std::string text_of(const std::vector<Error>& found) {
  std::string text;
  for (const Error& error : found) text += to_string(error) + "\n";
  return text;
}

/// `place`: where the input is cut in two.
void answers_alike(const Bytes& in, std::size_t place, const Limits& limits = {}) {
  const bool is_ber = !in.empty() && in[0] == 0x7f;
  const auto convert = [&](const Chunks& chunks) {
    return is_ber ? decode(in, chunks, limits) : encode(in, chunks, {.limits = limits});
  };
  const Converted expected = convert(whole());
  const std::string expected_findings = text_of(findings(in, whole(), limits));
  for (const Chunks& chunks : arrivals(in.size(), place)) {
    const Converted found = convert(chunks);
    REQUIRE(text_of(found) == text_of(expected));
    if (!expected.error) REQUIRE(found.out == expected.out);
  }
  for (const Chunks& chunks : arrivals(in.size(), place))
    REQUIRE(text_of(findings(in, chunks, limits)) == expected_findings);
}

/// A byte of it changed, at every place that `step` comes by.
void mutants_answer_alike(const Bytes& sound, std::size_t step) {
  constexpr std::array<std::uint8_t, 4> changes{0x01, 0x20, 0x80, 0xff};
  for (std::size_t at = 0; at < sound.size(); at += step) {
    Bytes mutant = sound;
    mutant[at] ^= changes[at / step % changes.size()];
    INFO("byte " << at);
    answers_alike(mutant, at + 1);
  }
}

/// A stream whose device state has what looks like its footer at 100, and its end `size` bytes later.
Bytes doubtful_end(std::size_t size, bool has_ram = true) {
  NativeBuilder to;
  if (has_ram) to.ram(1, {"pc.ram"}, 0x1000).part(1).zero("pc.ram", 0).eos().footer(1);
  Bytes body(100, 'y');
  for (const int byte : {0x7e, 0, 0, 0, 2, 0, 1}) body.push_back(static_cast<std::uint8_t>(byte));
  body.resize(body.size() + size, 'x');
  return to.device(2, "d", body).eof().description("{}").bytes();
}

}  // namespace

TEST_CASE("mutants of native streams get one answer however they arrive") {
  mutants_answer_alike(small_stream().bytes(), 3);
}

TEST_CASE("mutants of BER streams get one answer however they arrive") {
  const Bytes native = small_stream().bytes();
  mutants_answer_alike(encode(native).out, 5);
  mutants_answer_alike(encode(native, whole(), {.der = true}).out, 7);
}

TEST_CASE("device state whose end is in doubt gets one answer however it arrives") {
  Limits limits;
  limits.max_held = 4096;
  for (const bool has_ram : {true, false})
    for (std::size_t size = 3700; size < 4500; size += has_ram ? 7 : 13) {
      const Bytes in = doubtful_end(size, has_ram);
      INFO(size << " bytes");
      for (const std::size_t place : {std::size_t{4097}, in.size() - 30, in.size() - 1})
        answers_alike(in, place, limits);
    }
}

TEST_CASE("device state without footers gets one answer however it arrives") {
  Limits limits;
  limits.max_held = 512;
  for (std::size_t size = 1; size < 700; size += 5) {
    const Bytes in = NativeBuilder()
                         .section(4, 2, "dev", 0, 3)
                         .raw(dev_state())
                         .raw(Bytes(size, 'y'))
                         .eof()
                         .description(small_description())
                         .bytes();
    for (const std::size_t place : {std::size_t{520}, in.size() - 3}) answers_alike(in, place, limits);
  }
  // Sound, and just about as large as may be held.
  const Bytes sound = NativeBuilder()
                          .section(4, 2, "dev", 0, 3)
                          .raw(dev_state())
                          .eof()
                          .description(small_description())
                          .bytes();
  for (limits.max_held = sound.size() - 30; limits.max_held < sound.size() + 3; ++limits.max_held)
    answers_alike(sound, sound.size() - 1, limits);
}

TEST_CASE("sections of BER about the limit get one answer however they arrive") {
  Limits limits;
  limits.max_section = 300;
  limits.max_blob = 100;
  const Bytes small = encode(small_stream().bytes()).out;
  for (const std::size_t place : {std::size_t{350}, small.size() - 1}) answers_alike(small, place, limits);
}
