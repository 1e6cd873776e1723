// SPDX-License-Identifier: LGPL-2.1-or-later
#include "conversions.hpp"

#include "support/findings.hpp"

#include <algorithm>

namespace qember::fuzz {
namespace {

/// All but the text of what was found instead: that shows no more bytes than had come.
std::string place_of(const Error& error) {
  return std::to_string(error.offset) + ": " + error.path + ": " + std::string(name_of(error.code)) +
         ", expected " + error.expected;
}

void same(const test::Converted& whole, const test::Converted& pieces) {
  require(whole.error.has_value() == pieces.error.has_value(), "chunks make no difference to success");
  if (!whole.error) return require(whole.out == pieces.out, "chunks make no difference to the output");
  const std::string one = place_of(*whole.error);
  const std::string other = place_of(*pieces.error);
  require(one == other, "chunks make no difference to the error: " + one + "; " + other);
}

}  // namespace

Limits small_limits() {
  Limits limits;
  limits.max_tlvs = 512;
  limits.max_section = std::size_t{64} << 10U;
  limits.max_blob = 1024;
  limits.max_description = std::size_t{64} << 10U;
  limits.max_held = std::size_t{64} << 10U;
  limits.max_mapped_ram = std::size_t{1} << 20U;
  return limits;
}

test::Chunks chunks_for(ByteView in) {
  unsigned sum = 1;
  for (const std::uint8_t byte : in) sum = sum * 31 + byte;
  return sum % 4 == 0 ? test::chunks_of(1) : test::prime_chunks(sum);
}

test::Converted encode(ByteView native, const test::EncodeForm& form) {
  test::Converted whole = test::encode(native, test::whole(), form);
  same(whole, test::encode(native, chunks_for(native), form));
  return whole;
}

test::Converted decode(ByteView ber) {
  test::Converted whole = test::decode(ber, test::whole(), small_limits());
  same(whole, test::decode(ber, chunks_for(ber), small_limits()));
  return whole;
}

std::vector<std::string> check(ByteView in) {
  std::vector<std::string> whole;
  for (const Error& error : test::findings(in, test::whole(), small_limits()))
    whole.push_back(place_of(error));
  std::vector<std::string> pieces;
  for (const Error& error : test::findings(in, chunks_for(in), small_limits()))
    pieces.push_back(place_of(error));
  for (std::size_t i = 0; i < std::max(whole.size(), pieces.size()); ++i) {
    const std::string one = i < whole.size() ? whole[i] : "nothing";
    const std::string other = i < pieces.size() ? pieces[i] : "nothing";
    require(one == other, "chunks make no difference to what is found: " + one + "; " + other);
  }
  return whole;
}

void comes_back(ByteView native, const test::EncodeForm& form) {
  const auto found = check(native);
  const auto ber = encode(native, form);
  if (ber.error) {
    const bool named = ber.error->code == Errc::limit && ber.error->offset <= native.size() &&
                       ber.error->path.starts_with("QEVM");
    return require(!found.empty() || named, "what is found sound can be encoded: " + to_string(*ber.error));
  }
  const auto back = decode(ber.out);
  require(!back.error, "what was encoded can be decoded" + (back.error ? ": " + to_string(*back.error) : ""));
  require(std::ranges::equal(native, back.out), "and gives the stream back");
  // A finding is about the same thing in both, in words that may differ.
  require(found.size() == check(ber.out).size(), "both forms are as sound as each other");
}

}  // namespace qember::fuzz
