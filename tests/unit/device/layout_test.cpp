// SPDX-License-Identifier: LGPL-2.1-or-later
// What is inside buffers of known types, see layouts.vec in tests/vectors.
#include "support/convert.hpp"
#include "support/hex.hpp"
#include "support/native_builder.hpp"

#include <qember/advanced/device/named_state.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

using namespace qember;
using namespace qember::test;

namespace {

struct LayoutVector {
  std::string type;
  std::string section;
  std::string version;
  Bytes bytes;
  std::vector<std::string> values;  ///< `path = value`, some of them
  std::string misfit;               ///< why it stays a buffer
};

/// Hex, `HEX*N` for N times the same.
Bytes bytes_of(const std::string& line) {
  Bytes bytes;
  std::istringstream words(line);
  for (std::string word; words >> word;) {
    const auto star = word.find('*');
    const Bytes once = from_hex(word.substr(0, star));
    const int times = star == std::string::npos ? 1 : std::stoi(word.substr(star + 1));
    for (int i = 0; i < times; ++i) bytes.insert(bytes.end(), once.begin(), once.end());
  }
  return bytes;
}

/// `[TYPE] SECTION VERSION`, lines of bytes, then `> path = value` or `! reason`.
std::vector<LayoutVector> layout_vectors() {
  std::ifstream in(QEMBER_TEST_VECTORS "/layouts.vec");
  std::vector<LayoutVector> vectors;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (line[0] == '[') {
      LayoutVector& vector = vectors.emplace_back();
      const auto end = line.find(']');
      vector.type = line.substr(1, end - 1);
      std::istringstream(line.substr(end + 1)) >> vector.section >> vector.version;
    } else if (line[0] == '>') {
      vectors.back().values.push_back(line.substr(2));
    } else if (line[0] == '!') {
      vectors.back().misfit = line.substr(2);
    } else {
      const Bytes more = bytes_of(line);
      vectors.back().bytes.insert(vectors.back().bytes.end(), more.begin(), more.end());
    }
  }
  return vectors;
}

std::string description_of(const LayoutVector& vector, const std::string& type) {
  return R"({"page_size":4096,"devices":[{"name":")" + vector.section +
         R"(","instance_id":0,"vmsd_name":"v","version":)" + vector.version +
         R"(,"fields":[{"name":"state","type":")" + type + R"(","size":)" +
         std::to_string(vector.bytes.size()) + "}]}]}";
}

Bytes stream_of(const LayoutVector& vector, const std::string& type) {
  NativeBuilder native;
  native.ram(1, {"r"}, 0x1000).ended(1).device(2, vector.section, vector.bytes).eof();
  return native.description(description_of(vector, type)).bytes();
}

/// All values by their paths.
class Values final : public device::NamedStateSink {
 public:
  std::vector<std::string> lines;
  std::string misfit;
  std::uint64_t end = 0;  ///< bytes up to behind the last value

 private:
  void value(const device::Field&, const device::StateValue& value) override {
    std::string text;
    if (const auto* integer = std::get_if<Integer>(&value)) text = to_string(*integer);
    if (const auto* flag = std::get_if<bool>(&value)) text = *flag ? "true" : "false";
    if (const auto* bytes = std::get_if<ByteView>(&value)) text = to_hex(*bytes);
    lines.push_back(std::string(path()) + " = " + text);
  }
  void enter(const device::StateGroup& group) override {
    if (group.structure != nullptr)
      lines.push_back(std::string(path()) + ": " + std::string(group.structure->name));
  }
  void leave(const device::StateGroup&) override { end = at(); }
  void rest_is_zero(const device::Field&, std::uint64_t count) override {
    lines.push_back(std::string(path()) + " from " + std::to_string(*index()) +
                    " on: " + std::to_string(count) + " zero");
  }
  void unfit(const device::Field&, std::string_view reason) override { misfit = reason; }
};

Values values_of(const LayoutVector& vector) {
  const std::string json = description_of(vector, vector.type);
  const auto description = device::Description::parse(as_bytes(json)).or_throw();
  Values values;
  values.read(description.devices().front(), vector.bytes).or_throw();
  return values;
}

}  // namespace

TEST_CASE("buffers of known types have the values that layouts.vec says") {
  REQUIRE(layout_vectors().size() > 10);
  for (const LayoutVector& vector : layout_vectors()) {
    INFO(vector.type << " of " << vector.section << ", " << to_hex(vector.bytes).substr(0, 64));
    const Values values = values_of(vector);
    CHECK(values.misfit == vector.misfit);
    for (const std::string& wanted : vector.values) {
      INFO(wanted);
      const bool is_there = std::ranges::find(values.lines, wanted) != values.lines.end();
      if (!is_there)
        for (const auto& line : values.lines) UNSCOPED_INFO(line);
      CHECK(is_there);
    }
    if (vector.misfit.empty() && values.end != 0) CHECK(values.end == vector.bytes.size());
  }
}

TEST_CASE("buffers of known types come back, as values and as the blobs that once stood for them") {
  for (const LayoutVector& vector : layout_vectors()) {
    INFO(vector.type << " of " << vector.section << ", " << to_hex(vector.bytes).substr(0, 64));
    const Bytes native = stream_of(vector, vector.type);
    const Converted ber = encode(native);
    CHECK(verdict(ber) == "accepted");
    CHECK(to_hex(decode(ber.out).out) == to_hex(native));
    // What an encoder without that layout writes: of a type that has none, with the type's name put back.
    std::string unknown = vector.type;
    unknown.front() = '?';
    Bytes old = encode(stream_of(vector, unknown)).out;
    const std::string quoted = '"' + unknown + '"';
    const auto at = std::search(old.begin(), old.end(), quoted.begin(), quoted.end());
    REQUIRE(at != old.end());
    *at = '"';
    *(at + 1) = static_cast<std::uint8_t>(vector.type.front());
    const Converted decoded = decode(old);
    CHECK(verdict(decoded) == "accepted");
    CHECK(to_hex(decoded.out) == to_hex(native));
  }
}

TEST_CASE("no cut and no bit that is wrong keeps a buffer from coming back") {
  for (const LayoutVector& vector : layout_vectors()) {
    INFO(vector.type << " of " << vector.section);
    for (std::size_t i = 0; i < std::min<std::size_t>(vector.bytes.size(), 160); ++i) {
      LayoutVector damaged = vector;
      damaged.bytes[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
      const Bytes native = stream_of(damaged, vector.type);
      CHECK(decode(encode(native).out).out == native);
      damaged.bytes.resize(i);
      const Bytes cut = stream_of(damaged, vector.type);
      CHECK(decode(encode(cut).out).out == cut);
    }
  }
}
