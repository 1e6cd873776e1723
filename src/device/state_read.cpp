// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/device/state.hpp>

#include "layout.hpp"

#include <fmt/format.h>

namespace qember::device {
namespace {

constexpr std::uint8_t subsection_type = 0x05;
constexpr std::uint8_t list_element = 0x01;
constexpr std::uint8_t list_end = 0x00;

constexpr std::size_t subsection_header = 1 + 1 + 4;  // its type, the length of its name, its version

/// Adds up sizes, and stays at the most that it can tell.
class SizeSum {
 public:
  static constexpr std::uint64_t most = std::uint64_t{1} << 62U;

  void add(std::uint64_t size, std::uint64_t count = 1) {
    const bool fits = count == 0 || (size <= most && size <= (most - sum_) / count);
    sum_ = fits ? sum_ + size * count : most;
  }
  std::uint64_t sum() const { return sum_; }

 private:
  std::uint64_t sum_ = 0;
};

std::uint64_t size_of(const Structure& structure);

/// Of one element.
std::uint64_t size_of(const Field& field) {
  if (field.kind == FieldKind::structure) return size_of(field.groups.front());
  if (field.kind != FieldKind::list) return field.size;
  SizeSum size;
  size.add(1, field.groups.size() + 1);  // the mark before each, and the end
  for (const Structure& group : field.groups) size.add(size_of(group));
  return size.sum();
}

std::uint64_t size_of(const Structure& structure) {
  SizeSum size;
  for (const Field& field : structure.fields) size.add(size_of(field), field.array_len.value_or(1));
  for (const Structure& each : structure.subsections) {
    size.add(subsection_header + each.name.size());
    size.add(size_of(each));
  }
  return size.sum();
}

Integer integer_of(const Field& field, ByteView bytes, bool is_signed) {
  const bool is_little = field.part != nullptr && field.part->little;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    value = (value << 8U) | bytes[is_little ? bytes.size() - 1 - i : i];
  if (!is_signed) return value;
  const unsigned unused = 64 - 8 * static_cast<unsigned>(bytes.size());
  return Integer::from_signed(static_cast<std::int64_t>(value << unused) >> unused);
}

/// Walks the bytes and the description side by side. Stops at the first thing that does not fit.
class Walk {
 public:
  Walk(const Device& device, ByteView body, StateSink& sink)
      : section_(device.name), body_(body), sink_(sink), most_empty_(device.most_empty) {}

  /// Buffers are as long as they are whatever is in them.
  void look_at_sizes_alone() { looks_inside_ = false; }

  void structure(const Structure& structure) {
    for (const Field& each : structure.fields) {
      if (failed()) return;
      version_ = structure.version;
      field(each);
    }
    if (structure.subsections.empty()) return;
    sink_.begin_subsections();
    for (const Structure& each : structure.subsections) {
      if (failed()) return;
      subsection(each);
    }
    sink_.end_subsections();
  }

  bool failed() const { return !status_.ok(); }
  std::size_t at() const { return at_; }
  Status status() && { return std::move(status_); }
  void refuse(std::string expected, std::string found) {
    if (!failed())
      status_ = Error{Errc::description_mismatch, at_, {}, std::move(expected), std::move(found)};
  }

 private:
  ByteView take(std::uint64_t size, std::string_view what) {
    if (size > body_.size() - at_) {
      refuse(fmt::format("{} bytes of {}", size, what), fmt::format("{} that are left", body_.size() - at_));
      return {};
    }
    const ByteView taken = body_.subspan(at_, static_cast<std::size_t>(size));
    at_ += taken.size();
    return taken;
  }

  void byte(std::uint8_t wanted, std::string_view what) {
    const ByteView taken = take(1, what);
    if (failed() || taken[0] == wanted) return;
    --at_;
    refuse(fmt::format("{:02x} in {}", wanted, what), fmt::format("{:02x}", taken[0]));
  }

  void subsection(const Structure& structure) {
    byte(subsection_type, structure.name);
    const ByteView size = take(1, structure.name);
    if (failed()) return;
    const ByteView name = take(size[0], structure.name);
    const ByteView version = take(4, structure.name);
    if (failed()) return;
    if (as_text(name) != structure.name || load_be<std::uint32_t>(version.data()) != structure.version)
      return refuse(fmt::format("the subsection {:?}", structure.name), fmt::format("{:?}", as_text(name)));
    sink_.begin_subsection(structure);
    this->structure(structure);
    sink_.end_subsection();
  }

  void field(const Field& field) {
    if (!field.array_len) return counted(field, [&] { element(field); });
    counted(field, [&] {
      sink_.begin_array(field, nullptr);
      for (std::uint32_t i = 0; i < *field.array_len && !failed(); ++i)
        counted(field, [&] { element(field); });
      sink_.end_array();
    });
  }

  /// What takes no bytes is bounded by nothing else.
  template <class Read>
  void counted(const Field& field, const Read& read) {
    const std::size_t before = at_;
    read();
    if (at_ == before && empty_++ == most_empty_)
      refuse(fmt::format("at most {} values without bytes", most_empty_),
             fmt::format("more in {}", field.name));
  }

  void element(const Field& field) {
    switch (field.kind) {
      case FieldKind::structure:
        sink_.begin_array(field, &field.groups.front());
        structure(field.groups.front());
        return sink_.end_array();
      case FieldKind::list: return list(field);
      case FieldKind::bitmap: return words(field);
      default: return leaf(field);
    }
  }

  void list(const Field& field) {
    sink_.begin_array(field, nullptr);
    for (const Structure& group : field.groups) {
      byte(list_element, field.name);
      if (failed()) return;
      sink_.begin_array(field, &group);
      structure(group);
      sink_.end_array();
    }
    byte(list_end, field.name);
    sink_.end_array();
  }

  void words(const Field& field) {
    const ByteView bytes = take(field.size, field.name);
    if (failed()) return;
    sink_.begin_array(field, nullptr);
    for (std::size_t i = 0; i < bytes.size(); i += 8)
      sink_.integer(field, load_be<std::uint64_t>(bytes.data() + i));
    sink_.end_array();
  }

  void leaf(const Field& field) {
    const ByteView bytes = take(field.size, field.name);
    if (failed()) return;
    const StateValue value = value_of(field, bytes);
    if (const auto* number = std::get_if<Integer>(&value)) return sink_.integer(field, *number);
    if (const auto* flag = std::get_if<bool>(&value)) return sink_.boolean(field, *flag);
    buffer(field, bytes);
  }

  void buffer(const Field& field, ByteView bytes) {
    if (field.layout == nullptr || !looks_inside_ ||
        !read_layout({section_, version_, at_ - bytes.size()}, field, bytes, sink_))
      sink_.blob(field, bytes);
  }

  std::string_view section_;
  std::uint32_t version_ = 0;  ///< of the innermost structure
  ByteView body_;
  StateSink& sink_;
  bool looks_inside_ = true;
  std::size_t at_ = 0;
  std::uint64_t empty_ = 0;
  std::uint64_t most_empty_;
  Status status_;
};

class NoSink final : public StateSink {
 public:
  void integer(const Field&, Integer) override {}
  void boolean(const Field&, bool) override {}
  void blob(const Field&, ByteView) override {}
  void begin_array(const Field&, const Structure*) override {}
  void end_array() override {}
  void begin_subsections() override {}
  void begin_subsection(const Structure&) override {}
  void end_subsection() override {}
  void end_subsections() override {}
};

}  // namespace

StateValue value_of(const Field& field, ByteView bytes) {
  switch (field.kind) {
    case FieldKind::unsigned_integer:
    case FieldKind::bitmap: return integer_of(field, bytes, false);
    case FieldKind::signed_integer: return integer_of(field, bytes, true);
    // A value that QEMU itself would not write stays as it is.
    case FieldKind::boolean:
      if (bytes[0] <= 1) return bytes[0] == 1;
      break;
    case FieldKind::pointer:
      if (bytes[0] == '0' || bytes[0] == '1') return bytes[0] == '1';
      break;
    case FieldKind::structure:
    case FieldKind::list:
    case FieldKind::buffer: break;
  }
  return bytes;
}

namespace {

Status walk_all(Walk walk, const Device& device, ByteView body) {
  walk.structure(device.state);
  if (!walk.failed() && walk.at() != body.size())
    walk.refuse("the end of the section", fmt::format("{} bytes more", body.size() - walk.at()));
  return std::move(walk).status();
}

}  // namespace

Status read_state(const Device& device, ByteView body, StateSink& sink) {
  return walk_all(Walk(device, body, sink), device, body);
}

Status check_state(const Device& device, ByteView body) {
  NoSink sink;
  Walk walk(device, body, sink);
  walk.look_at_sizes_alone();
  return walk_all(std::move(walk), device, body);
}

std::uint64_t described_size(const Device& device) { return size_of(device.state); }

Result<std::size_t> measure_state(const Device& device, ByteView in) {
  NoSink sink;
  Walk walk(device, in, sink);
  walk.look_at_sizes_alone();
  walk.structure(device.state);
  const std::size_t size = walk.at();
  if (Status status = std::move(walk).status(); !status) return std::move(status.error());
  return size;
}

}  // namespace qember::device
