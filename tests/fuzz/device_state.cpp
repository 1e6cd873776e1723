// SPDX-License-Identifier: LGPL-2.1-or-later
// Descriptions, and device state that fits them, or nearly: each byte of the input is a choice. What comes of
// it is a native stream, for which the same must hold as for any other.
#include "conversions.hpp"

#include "support/native_builder.hpp"

#include <array>

namespace qember::fuzz {
namespace {

/// Where there are no more bytes, all choices are the first.
class Choices {
 public:
  explicit Choices(ByteView in) : in_(in) {}
  std::size_t below(std::size_t count) {
    if (in_.empty()) return 0;
    const std::size_t choice = in_[0] % count;
    in_ = in_.subspan(1);
    return choice;
  }
  /// True for that choice of `count`, which is not the first.
  bool rarely(std::size_t count) { return below(count) == 1; }
  template <class T, std::size_t N>
  const T& of(const std::array<T, N>& all) {
    return all[below(N)];
  }

 private:
  ByteView in_;
};

/// A description and bodies for it, written side by side.
class Machine {
 public:
  explicit Machine(Choices& choices) : choices_(choices) {}

  struct Section {
    std::string name;
    std::uint32_t instance = 0;
    Bytes body;
  };

  /// One more device that the description has.
  Section device() {
    static const std::array<std::string, 7> names{"d", "e", "", "block", "a/vfio", "qember", "qember-name-0"};
    Section section{choices_.of(names), static_cast<std::uint32_t>(choices_.below(2)), {}};
    body_ = &section.body;
    text_ += text_.empty() ? "{" : ",{";
    text_ += "\"name\":\"" + section.name + "\",\"instance_id\":" + std::to_string(section.instance) + ",";
    structure(0);
    text_ += "}";
    return section;
  }

  std::string description() const { return "{\"page_size\":4096,\"devices\":[" + text_ + "]}"; }

 private:
  struct Type {
    std::string_view name;
    std::size_t size;
  };

  void bytes(std::size_t count) {
    for (; count > 0; --count) body_->push_back(static_cast<std::uint8_t>(choices_.below(256)));
  }

  void structure(int depth) {
    static const std::array<std::string, 4> names{"v", "w", "", "qember"};
    text_ += "\"vmsd_name\":\"" + choices_.of(names) + "\",\"version\":1,\"fields\":[";
    for (std::size_t i = 0, count = 1 + choices_.below(3); i < count; ++i) {
      if (i > 0) text_ += ",";
      field(depth);
    }
    text_ += "]";
    if (depth < 4 && choices_.rarely(4)) subsection(depth);
  }

  void subsection(int depth) {
    static const std::array<std::string, 3> names{"v/s", "", "w/\xc3\xbc"};
    const std::string& name = choices_.of(names);
    text_ += ",\"subsections\":[{";
    body_->push_back(0x05);
    body_->push_back(static_cast<std::uint8_t>(name.size()));
    body_->insert(body_->end(), name.begin(), name.end());
    body_->insert(body_->end(), {0, 0, 0, 1});
    // The last of two names is the one that counts.
    structure(depth + 1);
    text_ += ",\"vmsd_name\":\"" + name + "\"}]";
  }

  void field(int depth) {
    static constexpr std::array<std::size_t, 5> lengths{0, 1, 2, 3, 300};
    text_ += "{\"name\":\"f\",";
    if (depth < 4 && choices_.rarely(6)) {
      nested(depth);
    } else if (choices_.rarely(8)) {
      chain();
    } else {
      const std::size_t elements = choices_.rarely(4) ? choices_.of(lengths) : 1;
      if (elements != 1) text_ += "\"array_len\":" + std::to_string(elements) + ",";
      leaf(elements);
    }
    text_ += "}";
  }

  void leaf(std::size_t elements) {
    static constexpr std::array<Type, 12> types{{{"uint8", 1},
                                                 {"uint16", 2},
                                                 {"uint32", 4},
                                                 {"uint64", 8},
                                                 {"int8", 1},
                                                 {"int64", 8},
                                                 {"bool", 1},
                                                 {"ptr-marker", 1},
                                                 {"bitmap", 16},
                                                 {"buffer", 3},
                                                 {"buffer", 0},
                                                 {"uint32", 3}}};
    const Type& type = choices_.of(types);
    text_ += "\"type\":\"" + std::string(type.name) + "\",\"size\":" + std::to_string(type.size);
    // Of many elements only the first are chosen.
    bytes(std::min<std::size_t>(type.size * elements, 8));
    body_->resize(body_->size() + type.size * elements - std::min<std::size_t>(type.size * elements, 8));
  }

  void nested(int depth) {
    const bool is_list = choices_.rarely(2);
    text_ += is_list ? R"("type":"qtailq","size":0)" : R"("type":"struct","size":0)";
    for (std::size_t i = 0, count = is_list ? choices_.below(3) : 1; i < count; ++i) {
      if (is_list) body_->push_back(0x01);
      text_ += ",\"struct\":{";
      structure(depth + 1);
      text_ += "}";
    }
    if (is_list) body_->push_back(0x00);
  }

  /// Structures in structures, about as deep as values may nest.
  void chain() {
    const std::size_t depth = 54 + choices_.below(10);
    for (std::size_t i = 0; i < depth; ++i)
      text_ += R"("type":"struct","size":0,"struct":{"vmsd_name":"v","fields":[{"name":"f",)";
    text_ += R"("type":"uint8","size":1)";
    for (std::size_t i = 0; i < depth; ++i) text_ += "}]}";
    bytes(1);
  }

  Choices& choices_;
  std::string text_;
  Bytes* body_ = nullptr;
};

/// Sections of what the description has, in its order or another, whole or damaged.
Bytes stream(Choices& choices) {
  test::NativeBuilder native;
  native.footers = !choices.rarely(6);
  native.ram(1, {"r"}, 0x2000).part(1).zero("r", 0).zero({}, 0x1000).eos().footer(1);
  const bool early = choices.rarely(4);
  if (!early) native.ended(1);
  Machine machine(choices);
  std::vector<Machine::Section> sections;
  for (std::size_t count = 1 + choices.below(4); count > 0; --count) sections.push_back(machine.device());
  for (std::size_t i = 0, count = sections.size() + choices.below(3); i < count; ++i) {
    Machine::Section section =
        sections[choices.rarely(4) ? choices.below(sections.size()) : i % sections.size()];
    if (choices.rarely(4)) section.body.push_back(0);
    if (choices.rarely(6) && !section.body.empty()) section.body.pop_back();
    if (choices.rarely(6)) section.name = "x";
    native.device(static_cast<std::uint32_t>(2 + i), section.name, section.body, section.instance);
    if (early && i == 0) native.ended(1);
    // An iterative section, which has no description, of a name that devices have, too.
    if (choices.rarely(8))
      native.section(1, 90, "block", section.instance, 1).u64(2).footer(90).end(90).u64(2).footer(90);
  }
  native.eof();
  if (!choices.rarely(8)) native.description(machine.description());
  return native.bytes();
}

}  // namespace

const Mutate structure = nullptr;

void fuzz(ByteView in) {
  Choices choices(in);
  const Bytes native = stream(choices);
  comes_back(native, {false, false, small_limits()});
  comes_back(native, {true, false, small_limits()});
  comes_back(native, {false, true, small_limits()});
}

}  // namespace qember::fuzz
