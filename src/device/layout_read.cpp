// SPDX-License-Identifier: LGPL-2.1-or-later
#include "layout.hpp"

#include <fmt/format.h>

#include <bit>

namespace qember::device {
namespace {

/// What a reading of some bytes has decided where the bytes before did not.
class Choices {
 public:
  explicit Choices(const Where& where) : where_(where) {}

  std::size_t next(const Field& field) {
    if (next_ == made_.size()) {
      const std::uint64_t open = candidates(*field.part);
      made_.push_back({open, static_cast<std::size_t>(std::countr_zero(open))});
    }
    return made_[next_++].which;
  }
  void rewind() { next_ = 0; }
  /// To the next reading that has not been tried; false where there is none.
  bool advance() {
    made_.resize(next_);
    rewind();
    for (; !made_.empty(); made_.pop_back()) {
      Made& last = made_.back();
      const std::uint64_t open = last.candidates >> last.which >> 1U;
      if (open == 0) continue;
      last.which += 1 + static_cast<std::size_t>(std::countr_zero(open));
      return true;
    }
    return false;
  }

 private:
  struct Made {
    std::uint64_t candidates;  ///< a bit each
    std::size_t which;
  };

  std::uint64_t candidates(const Part& part) const {
    std::uint64_t told = 0;
    std::uint64_t open = 0;
    for (std::size_t i = 0; i < part.groups.size; ++i) {
      const Layout& each = part.groups[i];
      const std::uint64_t bit = std::uint64_t{1} << i;
      if (each.told_by != nullptr && each.told_by(where_)) told |= bit;
      if (each.open) open |= bit;
    }
    return told != 0 ? told : open;
  }

  Where where_;
  std::vector<Made> made_;
  std::size_t next_ = 0;
};

/// The first thing that does not fit.
struct Misfit {
  std::size_t at = 0;
  const Field* field = nullptr;
  std::string_view what;
};

/// Walks bytes and layout side by side. Without a sink it tells no more than whether they fit.
class LayoutReader {
 public:
  LayoutReader(const Field& described, ByteView bytes, Choices& choices, StateSink* sink = nullptr,
               std::size_t place = 0)
      : described_(described),
        bytes_(bytes),
        end_(bytes.size()),
        choices_(choices),
        sink_(sink),
        place_(place) {}

  bool read() {
    const LaidOut& layout = *described_.layout;
    if (layout.begin != nullptr) layout.begin(bytes_.size(), slots_);
    choices_.rewind();
    value(layout.field);
    if (!failed() && at_ != bytes_.size()) fail(layout.field, "bytes that are left over");
    if (sink_ != nullptr) sink_->place(place_ + at_);
    return !failed();
  }
  const Misfit& misfit() const { return misfit_; }

 private:
  bool failed() const { return misfit_.field != nullptr; }
  void fail(const Field& field, std::string_view what) {
    if (!failed()) misfit_ = {at_, &field, what};
  }

  /// What the sink is told that a field is: the outermost has its name from the description.
  const Field& shown(const Field& field) const {
    return &field == &described_.layout->field ? described_ : field;
  }
  void put_place() {
    if (sink_ != nullptr) sink_->place(place_ + at_);
  }
  void begin(const Field& field, const Structure* structure) {
    put_place();
    if (sink_ != nullptr) sink_->begin_array(shown(field), structure);
  }
  void end() {
    put_place();
    if (sink_ != nullptr) sink_->end_array();
  }

  ByteView take(const Field& field, std::uint64_t size) {
    if (size > end_ - at_) {
      fail(field, "too few bytes");
      return {};
    }
    const ByteView taken = bytes_.subspan(at_, static_cast<std::size_t>(size));
    at_ += taken.size();
    return taken;
  }

  void structure(const Structure& structure, const Layout& layout) {
    const std::size_t outer = std::exchange(structure_at_, at_);
    for (const Field& each : structure.fields) {
      if (failed()) return;
      if (each.part->when.holds(slots_)) value(each);
    }
    if (!structure.subsections.empty() && !failed()) subsections(structure, layout);
    if (layout.sets != no_slot) slots_[layout.sets] = layout.to;
    structure_at_ = outer;
  }

  void subsections(const Structure& structure, const Layout& layout) {
    if (sink_ != nullptr) sink_->begin_subsections();
    for (std::size_t i = 0; i < structure.subsections.size() && !failed(); ++i) {
      const Structure& each = structure.subsections[i];
      const std::size_t header = header_of(each);
      if (header == 0) continue;
      put_place();
      at_ += header;
      if (sink_ != nullptr) sink_->begin_subsection(each);
      this->structure(each, layout.subsections[i]);
      put_place();
      if (sink_ != nullptr) sink_->end_subsection();
    }
    if (sink_ != nullptr) sink_->end_subsections();
  }

  /// Bytes of the header of that subsection, where it comes next.
  std::size_t header_of(const Structure& subsection) const {
    constexpr std::size_t fixed = 6;
    const std::size_t size = fixed + subsection.name.size();
    const ByteView next = bytes_.subspan(at_, end_ - at_);
    if (next.size() < size || next[0] != 0x05 || next[1] != subsection.name.size()) return 0;
    if (as_text(next.subspan(2, next[1])) != subsection.name) return 0;
    return load_be<std::uint32_t>(next.data() + size - 4) == subsection.version ? size : 0;
  }

  void value(const Field& field) {
    const Part& part = *field.part;
    if (part.shape == Shape::list || part.shape == Shape::sequence) return list(field);
    if (part.shape == Shape::pieces) return pieces(field);
    return part.array ? array(field) : element(field);
  }

  /// Whatever is claimed, there is a byte for each element.
  void array(const Field& field) {
    const Part& part = *field.part;
    const std::uint64_t count = part.count.of(slots_);
    if (count > (end_ - at_) / std::max<std::uint64_t>(field.size, 1)) return fail(field, "too few bytes");
    if (count < part.least) return fail(field, "too few elements");
    if (sink_ == nullptr && field.size != 0) {
      at_ += static_cast<std::size_t>(count * field.size);
      return;
    }
    begin(field, nullptr);
    const std::uint64_t given = part.folds ? unfolded(field, count) : count;
    for (std::uint64_t i = 0; i < given && !failed(); ++i) element(field);
    put_place();
    if (given < count) sink_->zeros(field, count - given);
    at_ += static_cast<std::size_t>((count - given) * field.size);
    end();
  }

  /// Elements up to the last that is not zero, or all where the sink wants them.
  std::uint64_t unfolded(const Field& field, std::uint64_t count) const {
    if (sink_->wants_zeros(field)) return count;
    const std::uint8_t* const begin = bytes_.data() + at_;
    auto size = static_cast<std::size_t>(count * field.size);
    static constexpr std::array<std::uint8_t, 64> zeros{};
    while (size >= zeros.size() && std::memcmp(begin + size - zeros.size(), zeros.data(), zeros.size()) == 0)
      size -= zeros.size();
    while (size > 0 && begin[size - 1] == 0) --size;
    return (size + field.size - 1) / field.size;
  }

  void element(const Field& field) {
    switch (field.part->shape) {
      case Shape::structure: return nested(field);
      case Shape::choice: return choice(field, choices_.next(field));
      default: return leaf(field);
    }
  }

  void nested(const Field& field) {
    const Part& part = *field.part;
    const std::size_t begun = at_;
    begin(field, &field.groups.front());
    structure(field.groups.front(), part.groups[0]);
    end();
    if (part.derive != nullptr && !failed()) part.derive(bytes_.subspan(begun, at_ - begun), slots_);
  }

  void choice(const Field& field, std::size_t which) {
    const Part& part = *field.part;
    begin(field, &field.groups[which]);
    if (sink_ != nullptr) sink_->choice(shown(field), which);
    if (part.slot != no_slot) slots_[part.slot] = which;
    structure(field.groups[which], part.groups[which]);
    end();
  }

  void list(const Field& field) {
    const Part& part = *field.part;
    begin(field, nullptr);
    std::size_t count = 0;
    for (; !failed() && !ends(field); ++count) nested(field);
    if (count < part.least) fail(field, "too few elements");
    end();
  }

  /// Takes the mark before an element of a list, or what ends it.
  bool ends(const Field& field) {
    const Part& part = *field.part;
    if (part.shape == Shape::sequence) return ends_sequence(field);
    const ByteView mark = take(field, 1);
    if (!failed() && mark[0] > 1) fail(field, "neither 00 nor 01");
    return failed() || mark[0] == 0;
  }
  bool ends_sequence(const Field& field) {
    const std::size_t width = field.part->width;
    const ByteView next = take(field, width);
    const bool is_end = std::ranges::all_of(next, [](std::uint8_t byte) { return byte == 0; });
    if (!failed() && !is_end) at_ -= width;
    return is_end;
  }

  void pieces(const Field& field) {
    const std::vector<Piece> all = field.part->split(bytes_.subspan(structure_at_), at_ - structure_at_);
    begin(field, nullptr);
    const std::size_t outer = end_;
    for (const Piece& each : all) {
      if (failed()) return;
      if (each.size > outer - at_) return fail(field, "too few bytes");
      end_ = at_ + each.size;
      choice(field, each.which);
      if (!failed() && at_ != end_) fail(field, "bytes that are left over");
    }
    end_ = outer;
    end();
  }

  void leaf(const Field& field) {
    const Part& part = *field.part;
    put_place();
    if (part.shape == Shape::bytes) return blob(field, part.count.rest ? end_ - at_ : part.count.of(slots_));
    const ByteView taken = take(field, part.width);
    if (failed()) return;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < taken.size(); ++i)
      value = value << 8U | taken[part.little ? taken.size() - 1 - i : i];
    if (part.most != 0 && value - 1 >= part.most) return fail(field, "no such number");
    if (part.slot != no_slot) slots_[part.slot] = value;
    if (sink_ == nullptr) return;
    if (part.shape == Shape::integer) return sink_->integer(field, integer(part, value));
    if (value > 1) return sink_->blob(field, taken);
    sink_->boolean(field, value == 1);
  }

  void blob(const Field& field, std::uint64_t size) {
    if (size < field.part->least) return fail(field, "too few bytes");
    const ByteView taken = take(field, size);
    if (!failed() && sink_ != nullptr) sink_->blob(field, taken);
  }

  static Integer integer(const Part& part, std::uint64_t value) {
    if (!part.is_signed) return value;
    const unsigned unused = 64 - 8U * part.width;
    return Integer::from_signed(static_cast<std::int64_t>(value << unused) >> unused);
  }

  const Field& described_;
  ByteView bytes_;
  std::size_t end_;
  Choices& choices_;
  StateSink* sink_;
  std::size_t place_;
  std::size_t at_ = 0;
  std::size_t structure_at_ = 0;
  Slots slots_{};
  Misfit misfit_;
};

/// Finds the one reading of the bytes; null, and why, where there is none or more than one.
std::optional<Choices> fit(const Where& where, const Field& field, ByteView bytes, std::string& reason) {
  constexpr int most_readings = 64;
  std::uint64_t work = std::uint64_t{64} << 20U;  // bytes of all readings
  Choices choices(where);
  std::optional<Choices> found;
  Misfit furthest;
  for (int i = 0; i < most_readings; ++i) {
    LayoutReader reader(field, bytes, choices);
    const bool fits = reader.read();
    if (fits && found) return reason = "more than one reading", std::nullopt;
    if (fits) found = choices;
    if (!fits && reader.misfit().at >= furthest.at) furthest = reader.misfit();
    work -= std::min<std::uint64_t>(work, fits ? bytes.size() : reader.misfit().at);
    if (choices.advance()) {
      if (work == 0) break;
      continue;
    }
    if (!found) reason = fmt::format("{} for {} at {}", furthest.what, furthest.field->name, furthest.at);
    return found;
  }
  reason = "too many readings";
  return {};
}

}  // namespace

bool fits_layout(const Where& where, const Field& field, ByteView bytes) {
  std::string reason;
  return fit(where, field, bytes, reason).has_value();
}

bool read_layout(const Where& where, const Field& field, ByteView bytes, StateSink& sink) {
  std::string reason;
  auto choices = fit(where, field, bytes, reason);
  if (!choices) {
    sink.unfit(field, reason);
    return false;
  }
  return LayoutReader(field, bytes, *choices, &sink, where.at).read();
}

}  // namespace qember::device
