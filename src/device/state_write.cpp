// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/device/state.hpp>

#include <fmt/format.h>

namespace qember::device {
namespace {

using Kind = StateSource::Kind;

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::integer: return "an INTEGER";
    case Kind::boolean: return "a BOOLEAN";
    case Kind::blob: return "an OCTET STRING";
    case Kind::array: return "an array";
    case Kind::subsections: return "subsections";
    case Kind::end: return "no more";
  }
  return {};
}

/// The mirror of the walk in state_read.cpp.
class Build {
 public:
  Build(StateSource& source, Bytes& out) : source_(source), out_(out) {}

  Status structure(const Structure& structure) {
    for (const Field& each : structure.fields)
      if (auto status = field(each); !status) return status;
    if (structure.subsections.empty()) return at_end(structure.name);
    if (source_.peek() != Kind::subsections) return wrong(structure.name, Kind::subsections);
    source_.enter_subsections();
    for (const Structure& each : structure.subsections)
      if (auto status = subsection(each); !status) return status;
    std::string_view name;
    Integer version;
    if (source_.enter_subsection(name, version))
      return source_.refuse_next("no more subsections", fmt::format("{:?}", name));
    source_.leave_subsections();
    return at_end(structure.name);
  }

 private:
  void octet(std::uint8_t value) { out_.push_back(value); }
  void append(ByteView octets) { out_.insert(out_.end(), octets.begin(), octets.end()); }
  void integer(std::uint64_t bits, std::uint64_t size) {
    while (size-- > 0) octet(static_cast<std::uint8_t>(bits >> (8 * size)));
  }

  Error wrong(std::string_view where, Kind wanted) {
    return source_.refuse_next(fmt::format("{} for {:?}", name_of(wanted), where),
                               std::string(name_of(source_.peek())));
  }
  Status at_end(std::string_view where) {
    if (source_.peek() == Kind::end) return {};
    return source_.refuse_next(fmt::format("the end of {:?}", where), std::string(name_of(source_.peek())));
  }

  Status subsection(const Structure& structure) {
    std::string_view name;
    Integer version;
    if (!source_.enter_subsection(name, version) || name != structure.name ||
        version != Integer(structure.version))
      return source_.refuse_next(
          fmt::format("the subsection {:?}, version {}", structure.name, structure.version),
          fmt::format("{:?}, version {}", name, to_string(version)));
    octet(0x05);
    octet(static_cast<std::uint8_t>(structure.name.size()));
    append(as_bytes(structure.name));
    integer(structure.version, 4);
    if (auto status = this->structure(structure); !status) return status;
    source_.leave_subsection();
    return {};
  }

  Status field(const Field& field) {
    if (!field.array_len) return element(field);
    if (source_.peek() != Kind::array) return wrong(field.name, Kind::array);
    source_.enter_array();
    for (std::uint32_t i = 0; i < *field.array_len; ++i)
      if (auto status = element(field); !status) return status;
    if (auto status = at_end(field.name); !status) return status;
    source_.leave_array();
    return {};
  }

  Status element(const Field& field) {
    switch (field.kind) {
      case FieldKind::structure: return nested(field, field.groups.front());
      case FieldKind::list: return list(field);
      case FieldKind::bitmap: return words(field);
      default: return leaf(field);
    }
  }

  Status nested(const Field& field, const Structure& group) {
    if (source_.peek() != Kind::array) return wrong(field.name, Kind::array);
    source_.enter_array();
    if (auto status = structure(group); !status) return status;
    source_.leave_array();
    return {};
  }

  Status list(const Field& field) {
    if (source_.peek() != Kind::array) return wrong(field.name, Kind::array);
    source_.enter_array();
    for (const Structure& group : field.groups) {
      octet(0x01);
      if (auto status = nested(field, group); !status) return status;
    }
    octet(0x00);
    if (auto status = at_end(field.name); !status) return status;
    source_.leave_array();
    return {};
  }

  Status words(const Field& field) {
    if (source_.peek() != Kind::array) return wrong(field.name, Kind::array);
    source_.enter_array();
    for (std::uint64_t i = 0; i < field.size; i += 8) {
      if (source_.peek() != Kind::integer) return wrong(field.name, Kind::integer);
      if (auto status = take_integer(8, false, field.name); !status) return status;
    }
    if (auto status = at_end(field.name); !status) return status;
    source_.leave_array();
    return {};
  }

  Status leaf(const Field& field) {
    const Kind kind = source_.peek();
    // Whatever a field is, its octets can stand for it.
    if (kind == Kind::blob) return take_blob(field);
    switch (field.kind) {
      case FieldKind::unsigned_integer:
      case FieldKind::signed_integer:
        if (kind != Kind::integer) return wrong(field.name, Kind::integer);
        return take_integer(field.size, field.kind == FieldKind::signed_integer, field.name);
      case FieldKind::boolean:
      case FieldKind::pointer:
        if (kind != Kind::boolean) return wrong(field.name, Kind::boolean);
        octet(static_cast<std::uint8_t>((field.kind == FieldKind::pointer ? '0' : 0) +
                                        (source_.boolean() ? 1 : 0)));
        return {};
      default: return wrong(field.name, Kind::blob);
    }
  }

  Status take_blob(const Field& field) {
    const ByteView octets = source_.blob();
    if (octets.size() != field.size)
      return source_.refuse_last(fmt::format("{} octets for {:?}", field.size, field.name),
                                 fmt::to_string(octets.size()));
    append(octets);
    return {};
  }

  Status take_integer(std::uint64_t size, bool is_signed, std::string_view name) {
    const Integer value = source_.integer();
    if (!fits(value, 8 * static_cast<unsigned>(size), is_signed))
      return source_.refuse_last(fmt::format("{} bits for {:?}", 8 * size, name), to_string(value));
    integer(value.bits(), size);
    return {};
  }

  static bool fits(Integer value, unsigned bits, bool is_signed) {
    if (!is_signed) return !value.negative() && (bits == 64 || (value.bits() >> bits) == 0);
    const auto number = value.as_signed();
    return number && (*number >> (bits - 1)) == (*number < 0 ? -1 : 0);
  }

  StateSource& source_;
  Bytes& out_;
};

}  // namespace

Status write_state(const Device& device, StateSource& source, Bytes& out) {
  return Build(source, out).structure(device.state);
}

}  // namespace qember::device
