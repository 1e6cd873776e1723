// SPDX-License-Identifier: LGPL-2.1-or-later
// Streams by schemas that extend the library's own, from text: see tests/vectors/schemas.vec.
#include "support/hex.hpp"
#include "support/stream_vectors.hpp"
#include "unit/qber/by_schema.hpp"

#include <qember/advanced/qber/section_reader.hpp>

#include <catch2/catch.hpp>

#include <functional>
#include <map>

using namespace qember;
using namespace qember::test;

namespace {

/// With a member behind the last one of the type of that name.
std::string with_member(std::string text, const std::string& type, const std::string& member) {
  const std::size_t begin = text.find("\ntype " + type + ' ');
  REQUIRE(begin != std::string::npos);
  return text.insert(std::min(text.find("\ntype ", begin + 1), text.size() - 1), "\nmember " + member);
}

/// With `vmm [1] Vmm` in `Sections`, and `x`, the one member of Vmm.
std::string with_section(const std::string& x, const std::string& type_of_x) {
  const std::string text = own_text();
  const std::string vmm = std::to_string(types_in(text));
  return with_member(text, "Sections", "vmm " + vmm + " tag 2 1") + "type Vmm 5 named tag 2 1\nmember x " +
         std::to_string(types_in(text) + 1) + x + "\ntype X " + type_of_x + "\n";
}

/// With one more member of the type of that name, an OCTET STRING.
std::string with_octets(const std::string& type, const std::string& name, const std::string& rest,
                        const std::string& text = own_text()) {
  return with_member(text, type, name + ' ' + std::to_string(types_in(text)) + rest) +
         "type Octets 3 named tag 0 4\n";
}

/// With `uart [9]` in `SecFull.contents`.
std::string with_uart() {
  std::string text = own_text();
  const std::string octets = std::to_string(types_in(text));
  text.insert(text.find("member oldblob", text.find("member ramblid")),
              "member uart " + octets + " tag 2 9\n");
  return text + "type Octets 3 named tag 0 4\n";
}

std::string schema_of(const std::string& name) {
  if (name == "any") return with_section(" tag 2 0", "8 named tag 2 0");
  if (name == "any tag") return with_section("", "8 named");
  if (name == "nothing") return with_section(" tag 0 0", "3 named tag 0 4");
  if (name == "extra") return with_octets("VMStateEntries", "extra", " tag 2 5");
  if (name == "note") return with_octets("SubSection", "note", " optional tag 2 0");
  if (name == "full note") return with_octets("SecFull", "note", " optional tag 2 0", with_uart());
  if (name == "full's tag")
    return replaced(own_text(), "member full 13 tag 1 2003", "member full 13 tag 2 7");
  if (name == "SecFull's tag")
    return replaced(own_text(), "type SecFull 5 named tag 1 2003", "type SecFull 5 named tag 2 7");
  if (name == "SecFull without a tag")
    return replaced(own_text(), "type SecFull 5 named tag 1 2003", "type SecFull 5 named");
  throw std::runtime_error("no schema " + name);
}

std::string place_of(const Error& error) {
  return std::string(name_of(error.code)) + " at " + std::to_string(error.offset) + ": " + error.path;
}

/// What a reader has to say that makes no trees of sections.
std::string verdict_without_trees(ByteView ber, const qber::WireFormat& format) {
  io::Input input = io::Input::over(ber);
  qber::SectionReader reader(input, {}, format);
  for (;;) {
    const auto event = reader.next();
    if (!event) return place_of(event.error());
    if (std::holds_alternative<qber::InputEnd>(*event)) return "accepted";
  }
}

}  // namespace

TEST_CASE("streams by schemas that extend the library's own do what schemas.vec says") {
  std::map<std::string, Format> formats;
  for (const StreamVector& vector : read_stream_vectors("schemas.vec")) {
    const qber::WireFormat& format =
        formats.try_emplace(vector.rule, schema_of(vector.rule)).first->second.format;
    const std::string wanted =
        vector.accepted ? "accepted"
                        : vector.code + " at " + std::to_string(vector.offset) + ": " + vector.path;
    INFO(vector.rule << ": " << vector.line);
    CHECK(verdict_without_trees(vector.in, format) == wanted);
    for (const std::size_t chunk : {vector.in.size(), std::size_t{1}, std::size_t{13}}) {
      INFO(chunk);
      const Read all = read(vector.in, &format, chunk);
      CHECK((all.error ? place_of(*all.error) : "accepted") == wanted);
      if (all.error && !vector.text.empty())
        CHECK("expected " + all.error->expected + ", found " + all.error->found == vector.text);
      if (vector.accepted) CHECK(to_hex(all.again) == to_hex(vector.out));
    }
  }
}
