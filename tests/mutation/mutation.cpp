// SPDX-License-Identifier: LGPL-2.1-or-later
// Every TLV of a real stream in BER is damaged in twelve ways. A second reader, and for what X.690 and the
// schema leave open the rules of `check`, say of each mutant whether it is still valid. What is invalid must
// be found where that is; what is still valid must be decoded to what it says, as asn1c's own reader has it.
//
// usage: mutation SHARE STREAM...: about one mutant in SHARE is tried, always the same ones; 1 is all.
#include "damage.hpp"
#include "oracle.hpp"

#include "support/convert.hpp"
#include "support/cut.hpp"
#include "support/findings.hpp"
#include "support/samples.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <span>

extern "C" unsigned char* second_to_der(const unsigned char* in, std::size_t size, std::size_t* der_size);

namespace {

using namespace qember;
using namespace qember::test;

struct Row {
  std::size_t mutants = 0, not_ber = 0, not_sound = 0, valid = 0, other_form = 0, wrong = 0;

  Row& operator+=(const Row& row) {
    mutants += row.mutants;
    not_ber += row.not_ber;
    not_sound += row.not_sound;
    valid += row.valid;
    other_form += row.other_form;
    wrong += row.wrong;
    return *this;
  }
};

Bytes second_der(ByteView in) {
  std::size_t size = 0;
  const std::unique_ptr<unsigned char, decltype(&std::free)> der(second_to_der(in.data(), in.size(), &size),
                                                                 &std::free);
  return {der.get(), der.get() + size};
}

/// Whether that is the path of a TLV there, or of a part of it, or of one that is missing there; or of bytes
/// within the last string before.
bool is_place(const Verdict& verdict, const Error& error) {
  const auto [begin, end] = verdict.places.equal_range(error.offset);
  const bool is_tlv = std::any_of(begin, end, [&](const auto& place) {
    return error.path.starts_with(place.second) || place.second.starts_with(error.path);
  });
  if (is_tlv || begin == verdict.places.begin()) return is_tlv;
  const std::string& last = std::prev(begin)->second;
  return last.ends_with(".oldblob") && error.path.starts_with(last);
}

/// A reader with limits need not get there, and one that finds another magic knows no paths.
bool is_that(const Refusal& refusal, const Verdict& verdict, const Error& error) {
  if (error.offset == refusal.offset) return error.path == refusal.path || error.path == "QEVM.magic";
  return error.code == Errc::limit && error.offset < refusal.offset && is_place(verdict, error);
}

/// The rules of `check` may find something before it, but nothing after.
bool is_found(const Refusal& refusal, const Verdict& verdict, std::vector<Error> found) {
  if (found.empty() || !is_that(refusal, verdict, found.back())) return false;
  found.pop_back();
  return std::ranges::all_of(
      found, [&](const Error& error) { return error.offset <= refusal.offset && is_place(verdict, error); });
}

/// What is wrong with how a mutant was taken; empty where nothing is.
std::string judge_mutant(ByteView mutant, Row& row) {
  const Verdict verdict = judge(mutant);
  const auto found = findings(mutant);
  if (verdict.refusal) {
    ++row.not_ber;
    if (is_found(*verdict.refusal, verdict, found)) return {};
    const auto& [offset, path] = *verdict.refusal;
    return "expected " + std::to_string(offset) + ": " + path + ", found " +
           (found.empty() ? "nothing" : to_string(found.front()));
  }
  if (!found.empty()) {
    ++row.not_sound;
    for (const Error& error : found)
      if (!is_place(verdict, error)) return "no place of a TLV: " + to_string(error);
    return {};
  }
  ++row.valid;
  const Converted native = decode(mutant);
  if (native.error) return "not decoded: " + to_string(*native.error);
  const Bytes says = second_der(mutant);
  if (says.empty()) return "asn1c does not decode it";
  // Read again from asn1c's DER it must say the same; and mostly it is even the DER of what was decoded.
  if (decode(says).out != native.out) return "decoded to another stream than its DER";
  // BER without a page size has pages of 4096 bytes; of the native form the page size may be left open.
  const Converted again = encode(native.out, whole(), {.page_size = 4096});
  if (again.error) return "what was decoded is not encoded: " + to_string(*again.error);
  if (decode(again.out).out != native.out) return "what was decoded does not come back";
  if (second_der(again.out) != says) ++row.other_form;
  return {};
}

void print(std::string_view kind, const Row& row) {
  std::printf("%-16.*s %8zu %8zu %9zu %8zu %10zu %6zu\n", static_cast<int>(kind.size()), kind.data(),
              row.mutants, row.not_ber, row.not_sound, row.valid, row.other_form, row.wrong);
}

/// Every kind of damage to the stream, in a table; false where something was taken wrong.
bool survives(const Bytes& ber, unsigned long share) {
  std::vector<Tlv> tree = read_tlvs(ber);
  const std::size_t count = count_tlvs(tree);
  std::printf("%zu TLVs in %zu bytes\n%-16s %8s %8s %9s %8s %10s %6s\n", count, ber.size(), "damage",
              "mutants", "not BER", "not sound", "valid", "other form", "wrong");
  std::mt19937 random(20260101);
  Row sum;
  for (std::size_t kind = 0; kind < damage_kinds.size(); ++kind) {
    Row row;
    for (std::size_t index = 0; index < count; ++index) {
      if (random() % share != 0) continue;
      damage(tree, index, kind, [&](const Bytes& mutant) {
        ++row.mutants;
        const std::string wrong = judge_mutant(mutant, row);
        if (wrong.empty()) return;
        if (++row.wrong <= 5) std::printf("  TLV %zu: %s\n", index, wrong.c_str());
      });
    }
    print(damage_kinds[kind], row);
    sum += row;
  }
  print("all", sum);
  return sum.wrong == 0;
}

/// The same in both forms of BER.
bool survives(const std::string& name, const Bytes& native, unsigned long share) {
  bool good = true;
  for (const bool der : {false, true}) {
    const Converted ber = encode(native, whole(), {.der = der});
    std::printf("%s in %s\n", name.c_str(), der ? "DER" : "BER, with indefinite lengths");
    const bool is_sound = !ber.error && !judge(ber.out).refusal && findings(ber.out).empty();
    if (!is_sound) std::printf("  itself is not sound\n");
    good &= is_sound && survives(ber.out, share);
  }
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const unsigned long share = std::strtoul(argv[1], nullptr, 10);
  bool good = share != 0;
  // All of a small one, which has iterative sections.
  good &= survives("a small stream", small_stream().bytes(), 1);
  for (const char* const path : std::span(argv + 2, static_cast<std::size_t>(argc) - 2))
    good &= survives(path, cut_pages(load(path), 0x104000, 0x106000), share);
  return good ? 0 : 1;
}
