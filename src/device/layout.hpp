// SPDX-License-Identifier: LGPL-2.1-or-later
/// What is inside the blobs of device state, as data: tables of fields, with conditions and counts that come
/// from fields before them. CONTRIBUTING.md says how a table is added.
///
/// One reader (layout_read.cpp) takes bytes apart by any table, and one writer (layout_write.cpp) puts them
/// together again. `is_sound` checks the tables when the library is built.
#pragma once

#include <qember/advanced/device/state.hpp>

#include <algorithm>
#include <array>

namespace qember::device {

/// A text as an argument of a template.
template <std::size_t N>
struct Text {
  char characters[N]{};
  consteval Text(const char (&text)[N]) { std::copy_n(text, N, characters); }
  constexpr std::string_view view() const { return {characters, N - 1}; }
};

/// A view of constant data that may be of a type not yet complete.
template <class T>
struct Table {
  const T* data = nullptr;
  std::size_t size = 0;

  constexpr Table() = default;
  template <std::size_t N>
  constexpr Table(const std::array<T, N>& from) : data(from.data()), size(N) {}
  constexpr Table(const T& one) : data(&one), size(1) {}
  constexpr const T* begin() const { return data; }
  constexpr const T* end() const { return data + size; }
  constexpr const T& operator[](std::size_t index) const { return data[index]; }
};

/// A number that a field leaves for the conditions and counts of later ones. Each table numbers its own.
using Slot = std::uint8_t;
constexpr Slot no_slot = 0xff;
constexpr std::size_t slots = 16;
using Slots = std::array<std::uint64_t, slots>;

enum class Test : std::uint8_t { always, equal, above, bit, clear };

/// When a field is there.
struct When {
  Test test = Test::always;
  Slot slot = no_slot;
  std::uint64_t value = 0;

  constexpr bool holds(const Slots& of) const {
    switch (test) {
      case Test::always: return true;
      case Test::equal: return of[slot] == value;
      case Test::above: return of[slot] > value;
      case Test::bit: return (of[slot] >> value & 1) != 0;
      case Test::clear: return (of[slot] >> value & 1) == 0;
    }
    return false;
  }
};
constexpr When equal(Slot slot, std::uint64_t value) { return {Test::equal, slot, value}; }
constexpr When above(Slot slot, std::uint64_t value) { return {Test::above, slot, value}; }
constexpr When bit(Slot slot, std::uint64_t number) { return {Test::bit, slot, number}; }
constexpr When clear(Slot slot, std::uint64_t number) { return {Test::clear, slot, number}; }

/// How many elements an array has, or bytes a blob: a number, or what a slot says, made of it in the order
/// `less`, `over`, `per`, `by`; both quotients are rounded up. With `by` it is the bytes of a picture, of 4 a
/// pixel.
struct Count {
  std::uint64_t fixed = 1;
  Slot slot = no_slot;
  std::uint8_t less = 0;
  Slot over = no_slot;  ///< divided by what that slot says
  std::uint64_t per = 1;
  bool rest = false;  ///< all that is left
  Slot by = no_slot;  ///< times what that slot says, of 32 bits like the first

  constexpr std::uint64_t of(const Slots& values) const {
    if (slot == no_slot) return fixed;
    std::uint64_t count = values[slot] - std::min<std::uint64_t>(values[slot], less);
    if (over != no_slot) count = values[over] == 0 ? 0 : quotient(count, values[over]);
    if (by != no_slot) return pixels(count, values[by]);
    return quotient(count, per);
  }

 private:
  static constexpr std::uint64_t pixels(std::uint64_t width, std::uint64_t height) {
    constexpr std::uint64_t most = std::uint64_t{1} << 60U;
    return height != 0 && width > most / height ? most : width * height * 4;
  }
  static constexpr std::uint64_t quotient(std::uint64_t value, std::uint64_t by) {
    return value / by + (value % by != 0 ? 1 : 0);
  }
};
constexpr Count times(std::uint64_t number) { return {number}; }
constexpr Count as(Slot slot, std::uint8_t less = 0) { return {0, slot, less}; }
constexpr Count one_per(std::uint64_t per, Slot slot) { return {0, slot, 0, no_slot, per}; }
constexpr Count to_the_end{0, no_slot, 0, no_slot, 1, true};
constexpr Count picture(Slot width, Slot height) { return {0, width, 0, no_slot, 1, false, height}; }

enum class Shape : std::uint8_t {
  integer,    ///< `width` bytes, also as `array`
  boolean,    ///< one byte, 0 or 1; one that is neither stays a byte
  bytes,      ///< as many as `count` says, with nothing known in them
  structure,  ///< `groups[0]`, also as `array`
  choice,     ///< one of `groups`; which one is a value in BER, and takes no byte
  list,       ///< of `groups[0]`: a byte 01 before each, 00 after the last
  sequence,   ///< the same without the byte before each: `width` zero bytes come after the last
  pieces,     ///< one of `groups` after another, which ones `split` says
};

/// What a value means: where `bits`, of each of its bits, by number; else of the whole value.
struct Name {
  std::uint64_t value;
  std::string_view text;
};
struct Names {
  Table<Name> names;
  bool bits = false;
};

struct Layout;

/// Where a buffer stands.
struct Where {
  std::string_view section;   ///< the name of the device's section
  std::uint32_t version = 0;  ///< of the structure around
  std::size_t at = 0;         ///< bytes of the section's body before it
};

/// One of the pieces of a `Shape::pieces`.
struct Piece {
  std::size_t which;  ///< of the groups
  std::size_t size;   ///< bytes
};
/// Says what follows `at` bytes of a structure that begins `bytes`; they may go on behind it.
using Split = std::vector<Piece> (*)(ByteView bytes, std::size_t at);
/// Leaves in the slots what is to be known of the bytes of a structure.
using Derive = void (*)(ByteView bytes, Slots& values);

/// A field of a layout.
struct Part {
  std::string_view name;
  Shape shape = Shape::integer;
  std::uint8_t width = 0;
  bool little = false;     ///< least significant byte first
  bool is_signed = false;  ///< two's complement
  bool array = false;
  bool folds = false;      ///< an array whose elements at the end that are zero have no value in BER
  std::uint8_t least = 0;  ///< elements that an array, a list or a sequence has at least, or bytes a blob
  std::uint64_t most = 0;  ///< where it is not 0, bytes that fit have a value from 1 to this
  Slot slot = no_slot;     ///< where its value goes: of a choice its number, of a sequence nothing
  Count count{};
  When when{};
  const Names* names = nullptr;
  Table<Layout> groups{};
  Split split = nullptr;
  Derive derive = nullptr;    ///< of a structure, when it is complete
  std::uint16_t derived = 0;  ///< the slots that this fills, one bit each

 private:
  // Before those that call it: clang instantiates it no later for constant expressions.
  template <class T>
  constexpr Part with(T Part::* member, T value) const {
    Part changed = *this;
    changed.*member = value;
    return changed;
  }

 public:
  constexpr Part into(Slot to) const { return with(&Part::slot, to); }
  constexpr Part named(const Names& by) const { return with(&Part::names, &by); }
  constexpr Part only(When condition) const { return with(&Part::when, condition); }
  constexpr Part at_least(std::uint8_t number) const { return with(&Part::least, number); }
  constexpr Part up_to(std::uint64_t number) const { return with(&Part::most, number); }
  constexpr Part deriving(Derive by, std::initializer_list<Slot> to) const {
    Part changed = with(&Part::derive, by);
    for (const Slot each : to) changed.derived = static_cast<std::uint16_t>(changed.derived | 1U << each);
    return changed;
  }
  constexpr Part each(Count number) const { return with(&Part::array, true).with(&Part::count, number); }
  constexpr Part folded(std::uint64_t number) const { return each(times(number)).with(&Part::folds, true); }
};

/// A structure, or one of the alternatives of a choice or of pieces.
struct Layout {
  std::string_view name;
  Table<Part> parts{};
  std::uint32_t version = 0;
  /// Those that may follow, each once at most and in this order: 05, counted name, be32 version, parts.
  Table<Layout> subsections{};
  /// Of an alternative: whether the place tells that it is this one. Where it is true of none, all that are
  /// `open` come into question.
  bool (*told_by)(const Where& where) = nullptr;
  bool open = true;
  /// A slot that has a value behind it.
  Slot sets = no_slot;
  std::uint64_t to = 0;
};

// The fields, by their names and widths.

constexpr Part integer(std::string_view name, std::uint8_t width) { return {name, Shape::integer, width}; }
constexpr Part u8(std::string_view name) { return integer(name, 1); }
constexpr Part be16(std::string_view name) { return integer(name, 2); }
constexpr Part be32(std::string_view name) { return integer(name, 4); }
constexpr Part be64(std::string_view name) { return integer(name, 8); }
constexpr Part le16(std::string_view name) { return {name, Shape::integer, 2, true}; }
constexpr Part le32(std::string_view name) { return {name, Shape::integer, 4, true}; }
constexpr Part le64(std::string_view name) { return {name, Shape::integer, 8, true}; }
constexpr Part s8(std::string_view name) { return {name, Shape::integer, 1, false, true}; }
constexpr Part s32(std::string_view name) { return {name, Shape::integer, 4, false, true}; }
constexpr Part s64(std::string_view name) { return {name, Shape::integer, 8, false, true}; }
constexpr Part flag(std::string_view name) { return {name, Shape::boolean, 1}; }
constexpr Part bytes(std::string_view name, Count count) {
  Part part{name, Shape::bytes};
  part.count = count;
  return part;
}
constexpr Part grouped(std::string_view name, Shape shape, Table<Layout> groups) {
  Part part{name, shape};
  part.groups = groups;
  return part;
}
constexpr Part structure(std::string_view name, const Layout& layout) {
  return grouped(name, Shape::structure, layout);
}
constexpr Part choice(std::string_view name, Table<Layout> groups) {
  return grouped(name, Shape::choice, groups);
}
constexpr Part list(std::string_view name, const Layout& layout) {
  return grouped(name, Shape::list, layout);
}
/// `width`: of the first field of an element, which is not zero.
constexpr Part sequence(std::string_view name, std::uint8_t width, const Layout& layout) {
  Part part = grouped(name, Shape::sequence, layout);
  part.width = width;
  return part;
}
constexpr Part pieces(std::string_view name, Split split, Table<Layout> groups) {
  Part part = grouped(name, Shape::pieces, groups);
  part.split = split;
  return part;
}

/// Bytes of one element of it, where that is the same always.
constexpr std::optional<std::uint64_t> fixed_size(const Part& part);

constexpr std::optional<std::uint64_t> fixed_size(const Layout& layout) {
  std::uint64_t size = 0;
  for (const Part& part : layout.parts) {
    const auto element = fixed_size(part);
    const bool is_fixed = part.when.test == Test::always && part.count.slot == no_slot && !part.count.rest;
    if (!element || !is_fixed) return {};
    size += part.array ? *element * part.count.fixed : *element;
  }
  if (layout.subsections.size != 0) return {};
  return size;
}

constexpr std::optional<std::uint64_t> fixed_size(const Part& part) {
  switch (part.shape) {
    case Shape::integer:
    case Shape::boolean: return part.width;
    case Shape::bytes:
      if (part.count.slot != no_slot || part.count.rest) return {};
      return part.count.fixed;
    case Shape::structure: return fixed_size(part.groups[0]);
    default: return {};
  }
}

/// Whether the section of a device has that name, behind the device's path.
template <Text name>
constexpr bool named(const Where& where) {
  return where.section.substr(where.section.rfind('/') + 1) == name.view();
}

/// What the check of a table has seen on its way.
class Soundness {
 public:
  constexpr explicit Soundness(std::uint16_t known) : known_(known) {}

  constexpr bool of(const Layout& layout) {
    for (const Part& part : layout.parts)
      if (!of(part)) return false;
    for (const Layout& each : layout.subsections)
      if (each.name.empty() || each.name.size() > 255 || !of(each)) return false;
    return note(layout.sets);
  }
  constexpr bool of(const Part& part) {
    if (part.name.empty() || !knows(part.when.slot) || !knows(part.count.slot) || !knows(part.count.over) ||
        !knows(part.count.by))
      return false;
    if (part.count.per == 0 || !has_its_shape(part)) return false;
    for (const Layout& each : part.groups)
      if (!of(each)) return false;
    known_ = static_cast<std::uint16_t>(known_ | part.derived);
    return note(part.slot);
  }

 private:
  constexpr bool knows(Slot slot) const { return slot == no_slot || (slot < slots && known_ >> slot & 1); }
  constexpr bool note(Slot slot) {
    if (slot == no_slot) return true;
    known_ = static_cast<std::uint16_t>(known_ | 1U << slot);
    return slot < slots;
  }
  static constexpr bool is_width(std::uint8_t width) {
    return width == 1 || width == 2 || width == 4 || width == 8;
  }
  constexpr bool has_its_shape(const Part& part) const {
    if (part.folds && (!part.array || part.count.slot != no_slot || !fixed_size(part))) return false;
    if (part.array && part.shape != Shape::integer && part.shape != Shape::structure) return false;
    switch (part.shape) {
      case Shape::integer:
      case Shape::boolean: return is_width(part.width) && part.groups.size == 0;
      case Shape::bytes: return part.groups.size == 0;
      case Shape::structure: return part.groups.size == 1 && (!part.array || has_bytes(part.groups[0]));
      case Shape::list: return part.groups.size == 1;
      case Shape::sequence: return part.groups.size == 1 && begins_with(part.groups[0], part.width);
      case Shape::choice: return part.groups.size >= 1 && part.groups.size <= 64;
      case Shape::pieces: return part.groups.size >= 1 && part.split != nullptr;
    }
    return false;
  }
  static constexpr bool begins_with(const Layout& layout, std::uint8_t width) {
    if (layout.parts.size == 0) return false;
    const Part& first = layout.parts[0];
    return first.shape == Shape::integer && first.width == width && first.when.test == Test::always;
  }
  static constexpr bool has_bytes(const Layout& layout) {
    return std::ranges::any_of(layout.parts, [](const Part& part) {
      return part.when.test == Test::always && (part.width != 0 || fixed_size(part).value_or(0) != 0);
    });
  }

  std::uint16_t known_;
};

/// A type that a description names, and what it is: a structure or a choice.
struct LaidOutType {
  std::string_view type;
  Part part;
  /// Leaves in the slots what the size tells.
  void (*begin)(std::uint64_t size, Slots& values) = nullptr;
  std::uint16_t begun = 0;  ///< the slots that this fills, one bit each
};

/// Whether a reader can follow it: conditions and counts are about fields that come before, what repeats has
/// bytes, and shapes have what they need.
constexpr bool is_sound(const LaidOutType& type) {
  const Shape shape = type.part.shape;
  if (shape != Shape::structure && shape != Shape::choice) return false;
  return Soundness(type.begun).of(type.part);
}
template <std::size_t N>
constexpr bool are_sound(const std::array<LaidOutType, N>& types) {
  return std::ranges::all_of(types, [](const LaidOutType& each) { return is_sound(each); });
}

/// The same as a field with its structures, which live as long as the program.
struct LaidOut {
  Field field;
  void (*begin)(std::uint64_t size, Slots& values) = nullptr;
};

/// The layout of a type that a description names; null where there is none.
const LaidOut* find_layout(std::string_view type);
/// That of a buffer by the structure and the field, which `LaidOutType::type` has with a dot between.
const LaidOut* find_layout(std::string_view structure, std::string_view field);

/// Gives the bytes of a field to the sink, as the field's layout has them. False where they do not fit it, or
/// fit it in more than one way: then the sink has been told why.
bool read_layout(const Where& where, const Field& field, ByteView bytes, StateSink& sink);

/// Whether `read_layout` would be true.
bool fits_layout(const Where& where, const Field& field, ByteView bytes);

/// Appends the bytes of `field` to `out`, `field.size` of them, out of the values that its layout gives;
/// `Errc::limit` where `out` would become larger than `limits.max_section`.
Status write_layout(const Field& field, StateSource& source, Bytes& out, const Limits& limits);

/// The tables, by file.
std::span<const LaidOutType> virtio_layouts();
std::span<const LaidOutType> pci_layouts();
std::span<const LaidOutType> backend_layouts();
std::span<const LaidOutType> cpu_layouts();

}  // namespace qember::device
