// SPDX-License-Identifier: LGPL-2.1-or-later
#include "layout.hpp"
#include "state_builder.hpp"

namespace qember::device {
namespace {

/// The mirror of the walk in state_read.cpp.
class Build : StateBuilder {
 public:
  Build(StateSource& source, Bytes& out, const Limits& limits) : StateBuilder(source, out), limits_(limits) {}

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
  Status subsection(const Structure& structure) {
    std::string_view name;
    Integer version;
    if (!source_.enter_subsection(name, version) || name != structure.name ||
        version != Integer(structure.version))
      return source_.refuse_next(
          fmt::format("the subsection {:?}, version {}", structure.name, structure.version),
          fmt::format("{:?}, version {}", name, to_string(version)));
    subsection_header(structure);
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
      byte(0x01);
      if (auto status = nested(field, group); !status) return status;
    }
    byte(0x00);
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
    // Whatever a field is, its bytes can stand for it.
    if (kind == Kind::blob) return take_blob(field);
    switch (field.kind) {
      case FieldKind::unsigned_integer:
      case FieldKind::signed_integer:
        if (kind != Kind::integer) return wrong(field.name, Kind::integer);
        return take_integer(field.size, field.kind == FieldKind::signed_integer, field.name);
      case FieldKind::boolean:
      case FieldKind::pointer:
        if (kind != Kind::boolean) return wrong(field.name, Kind::boolean);
        byte(static_cast<std::uint8_t>((field.kind == FieldKind::pointer ? '0' : 0) +
                                       (source_.boolean() ? 1 : 0)));
        return {};
      default:
        if (field.layout == nullptr) return wrong(field.name, Kind::blob);
        return write_layout(field, source_, out_, limits_);
    }
  }

  Status take_blob(const Field& field) {
    const ByteView bytes = source_.blob();
    if (bytes.size() != field.size)
      return source_.refuse_last(fmt::format("{} bytes for {:?}", field.size, field.name),
                                 fmt::to_string(bytes.size()));
    append(bytes);
    return {};
  }

  Status take_integer(std::uint64_t size, bool is_signed, std::string_view name) {
    auto value = fitting(size, is_signed, name);
    if (!value) return std::move(value.error());
    integer(value->bits(), size);
    return {};
  }

  const Limits& limits_;
};

}  // namespace

Status write_state(const Device& device, StateSource& source, Bytes& out, const Limits& limits) {
  return Build(source, out, limits).structure(device.state);
}

}  // namespace qember::device
