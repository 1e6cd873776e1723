// SPDX-License-Identifier: LGPL-2.1-or-later
#include "layout.hpp"
#include "state_builder.hpp"

namespace qember::device {
namespace {

/// The mirror of the reader in layout_read.cpp. No more bytes come of it than the field has, whatever the
/// values claim.
class LayoutWriter : StateBuilder {
 public:
  LayoutWriter(const Field& described, StateSource& source, Bytes& out, const Limits& limits)
      : StateBuilder(source, out),
        described_(described),
        most_(std::max(limits.max_section, out.size())),
        end_(out.size() + std::min<std::uint64_t>(described.size, most_ - out.size())) {}

  Status write(const LaidOut& layout) {
    if (layout.begin != nullptr) layout.begin(described_.size, slots_);
    if (auto status = value(layout.field); !status) return status;
    if (out_.size() == end_ || described_.is_open) return {};
    return refuse(fmt::format("{} bytes less", end_ - out_.size()));
  }

 private:
  Error refuse(std::string found) {
    return source_.refuse_last(fmt::format("{} bytes for {:?}", described_.size, described_.name),
                               std::move(found));
  }
  Status room(std::uint64_t size) {
    if (size <= end_ - out_.size()) return {};
    if (end_ < most_) return refuse("more");
    Error error = source_.refuse_last(fmt::format("a section of at most {} bytes", most_), "more");
    error.code = Errc::limit;
    return error;
  }

  Status structure(const Structure& structure, const Layout& layout) {
    for (const Field& each : structure.fields) {
      if (!each.part->when.holds(slots_)) continue;
      if (auto status = value(each); !status) return status;
    }
    if (!structure.subsections.empty()) {
      if (auto status = subsections(structure, layout); !status) return status;
    }
    if (layout.sets != no_slot) slots_[layout.sets] = layout.to;
    return at_end(structure.name);
  }

  Status subsections(const Structure& structure, const Layout& layout) {
    if (auto status = expect(structure.name, Kind::subsections); !status) return status;
    source_.enter_subsections();
    std::string_view name;
    Integer version;
    for (std::size_t i = 0; source_.enter_subsection(name, version); ++i) {
      const auto matches = [&](const Structure& each) {
        return each.name == name && version == Integer(each.version);
      };
      while (i < structure.subsections.size() && !matches(structure.subsections[i])) ++i;
      if (i == structure.subsections.size())
        return source_.refuse_next(fmt::format("a subsection that {:?} has there", structure.name),
                                   fmt::format("{:?}, version {}", name, to_string(version)));
      const Structure& found = structure.subsections[i];
      constexpr std::size_t header = 6;
      if (auto status = room(header + found.name.size()); !status) return status;
      subsection_header(found);
      if (auto status = this->structure(found, layout.subsections[i]); !status) return status;
      source_.leave_subsection();
    }
    source_.leave_subsections();
    return {};
  }

  Status value(const Field& field) {
    const Part& part = *field.part;
    if (part.shape == Shape::list || part.shape == Shape::sequence) return list(field);
    if (part.shape == Shape::pieces) return pieces(field);
    return part.array ? array(field) : element(field);
  }

  Status array(const Field& field) {
    const Part& part = *field.part;
    const std::uint64_t count = part.count.of(slots_);
    if (auto status = expect(field.name, Kind::array); !status) return status;
    source_.enter_array();
    std::uint64_t written = 0;
    for (; written < count && (!part.folds || source_.peek() != Kind::end); ++written)
      if (auto status = element(field); !status) return status;
    if (auto status = at_end(field.name); !status) return status;
    source_.leave_array();
    return zeros((count - written) * field.size);
  }

  Status zeros(std::uint64_t size) {
    if (auto status = room(size); !status) return status;
    out_.resize(out_.size() + static_cast<std::size_t>(size));
    return {};
  }

  Status element(const Field& field) {
    switch (field.part->shape) {
      case Shape::structure: return nested(field);
      case Shape::choice: return choice(field);
      case Shape::bytes: return bytes(field);
      default: return leaf(field);
    }
  }

  Status nested(const Field& field) {
    const Part& part = *field.part;
    const std::size_t begin = out_.size();
    if (auto status = expect(field.name, Kind::array); !status) return status;
    source_.enter_array();
    if (auto status = structure(field.groups.front(), part.groups[0]); !status) return status;
    source_.leave_array();
    if (part.derive != nullptr) part.derive(ByteView(out_).subspan(begin), slots_);
    return {};
  }

  Status choice(const Field& field) {
    const Part& part = *field.part;
    if (auto status = expect(field.name, Kind::array); !status) return status;
    source_.enter_array();
    if (auto status = expect(field.name, Kind::integer); !status) return status;
    const Integer which = source_.integer();
    if (which.negative() || which.bits() >= field.groups.size())
      return source_.refuse_last(fmt::format("0 to {} for {:?}", field.groups.size() - 1, field.name),
                                 to_string(which));
    const auto index = static_cast<std::size_t>(which.bits());
    if (part.slot != no_slot) slots_[part.slot] = index;
    if (auto status = structure(field.groups[index], part.groups[index]); !status) return status;
    source_.leave_array();
    return {};
  }

  Status list(const Field& field) {
    const Part& part = *field.part;
    const bool is_marked = part.shape == Shape::list;
    if (auto status = expect(field.name, Kind::array); !status) return status;
    source_.enter_array();
    for (std::size_t i = 0; i < part.least || source_.peek() != Kind::end; ++i) {
      if (auto status = room(1); !status) return status;
      if (is_marked) byte(0x01);
      const std::size_t begin = out_.size();
      if (auto status = nested(field); !status) return status;
      // What is zero natively ends a sequence.
      if (!is_marked && is_zero(ByteView(out_).subspan(begin, part.width)))
        return source_.refuse_last(fmt::format("elements of {:?} that do not begin with 0", field.name), "0");
    }
    source_.leave_array();
    return zeros(is_marked ? 1 : part.width);
  }

  static bool is_zero(ByteView bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
  }

  Status pieces(const Field& field) {
    if (auto status = expect(field.name, Kind::array); !status) return status;
    source_.enter_array();
    while (source_.peek() != Kind::end)
      if (auto status = choice(field); !status) return status;
    source_.leave_array();
    return {};
  }

  Status bytes(const Field& field) {
    const Count& count = field.part->count;
    if (auto status = expect(field.name, Kind::blob); !status) return status;
    const ByteView given = source_.blob();
    if (const std::uint64_t wanted = count.of(slots_); !count.rest && given.size() != wanted)
      return source_.refuse_last(fmt::format("{} bytes for {:?}", wanted, field.name),
                                 fmt::to_string(given.size()));
    if (auto status = room(given.size()); !status) return status;
    append(given);
    return {};
  }

  Status leaf(const Field& field) {
    const Part& part = *field.part;
    if (auto status = room(part.width); !status) return status;
    if (part.shape == Shape::boolean) return boolean(field);
    if (auto status = expect(field.name, Kind::integer); !status) return status;
    auto value = fitting(part.width, part.is_signed, field.name);
    if (!value) return std::move(value.error());
    integer(value->bits(), part.width);
    if (part.little) std::reverse(out_.end() - part.width, out_.end());
    if (part.slot != no_slot) slots_[part.slot] = value->bits();
    return {};
  }

  /// A byte that is neither 0 nor 1 stands for itself.
  Status boolean(const Field& field) {
    if (source_.peek() == Kind::blob) {
      const ByteView given = source_.blob();
      if (given.size() != 1)
        return source_.refuse_last(fmt::format("one byte for {:?}", field.name),
                                   fmt::to_string(given.size()));
      byte(given.front());
    } else {
      if (auto status = expect(field.name, Kind::boolean); !status) return status;
      byte(source_.boolean() ? 1 : 0);
    }
    if (field.part->slot != no_slot) slots_[field.part->slot] = out_.back();
    return {};
  }

  const Field& described_;
  std::size_t most_;  ///< bytes of the whole section
  std::size_t end_;
  Slots slots_{};
};

}  // namespace

Status write_layout(const Field& field, StateSource& source, Bytes& out, const Limits& limits) {
  return LayoutWriter(field, source, out, limits).write(*field.layout);
}

}  // namespace qember::device
