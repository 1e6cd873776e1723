// SPDX-License-Identifier: LGPL-2.1-or-later
#include "escapes.hpp"

#include "convert.hpp"
#include "hex.hpp"

#include <qember/advanced/asn1/types.hpp>
#include <qember/advanced/asn1/value.hpp>

#include <catch2/catch.hpp>

namespace qember::test {
namespace {

/// The sections named `qember`, by their instance; of 0 the keys, too: `1 0(1,6) 3`.
std::string notes_of(ByteView ber) {
  using Section = asn1::Sections::Which;
  using Contents = asn1::SecFull::Contents::Which;
  const auto file = asn1::decode<asn1::QemuFile>(ber);
  REQUIRE(file.ok());
  std::string notes;
  for (const asn1::Sections section : (*file)->top()) {
    if (section.which() != Section::full || section.as_full().name() != "qember") continue;
    const auto note = section.as_full();
    notes += (notes.empty() ? "" : " ") + to_string(note.instanceid());
    if (note.instanceid() != Integer(0) || note.contents().which() != Contents::vmstate) continue;
    std::string keys;
    const auto entries = note.contents().as_vmstate().as_vmstateentries();
    for (std::size_t i = 0; i < entries.size(); i += 2)
      keys += (keys.empty() ? "" : ",") + to_string(entries[i].as_int());
    notes += "(" + keys + ")";
  }
  return notes;
}

}  // namespace

void comes_back(const Bytes& native) {
  for (const EncodeForm& form : {EncodeForm{}, EncodeForm{.der = true}, EncodeForm{.opaque = true}}) {
    const Converted ber = encode(native, whole(), form);
    INFO((ber.error ? to_string(*ber.error) : "encoded"));
    REQUIRE(verdict(ber) == "accepted");
    REQUIRE(encode(native, chunks_of(1), form).out == ber.out);
    const Converted back = decode(ber.out, chunks_of(1));
    INFO((back.error ? to_string(*back.error) : "decoded"));
    REQUIRE(verdict(back) == "accepted");
    REQUIRE(to_hex(back.out) == to_hex(native));
  }
}
void comes_back(const NativeBuilder& native) { comes_back(native.bytes()); }

void is_refused(const NativeBuilder& native, std::string_view code) {
  const Converted ber = encode(native.bytes());
  INFO((ber.error ? to_string(*ber.error) : "encoded"));
  REQUIRE(verdict(ber).starts_with(code));
}

void is_carried_by(const NativeBuilder& native, std::string_view notes) {
  CHECK(notes_of(encode(native.bytes()).out) == notes);
}

NativeBuilder head() { return NativeBuilder().configuration("m", 4096); }
NativeBuilder ram(const std::vector<std::string>& blocks) { return head().ram(1, blocks, 0x4000); }

}  // namespace qember::test
