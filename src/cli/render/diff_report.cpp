// SPDX-License-Identifier: LGPL-2.1-or-later
#include "diff_report.hpp"

#include "../output.hpp"

#include <qember/advanced/core/text.hpp>
#include <qember/advanced/device/value_text.hpp>
#include <qember/advanced/event/meanings.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace qember::cli {
namespace {

using Json = nlohmann::ordered_json;
using event::RamBlock;

/// Buffers above this are compared byte by byte.
constexpr std::size_t least_buffer = 16;

constexpr std::array<std::string_view, 5> change_names{"changed", "zero to data", "data to zero", "only in A",
                                                       "only in B"};
constexpr std::array<std::string_view, 5> change_keys{"changed", "zero_to_data", "data_to_zero", "only_in_a",
                                                      "only_in_b"};

class DiffTree final : public vm::DifferenceSink {
 public:
  DiffTree(Lines& out, const Style& style) : out_(out), style_(style) {}

  void fact(std::string_view name, const std::string& a, const std::string& b) override {
    line("{}  {}", head(name), change(printable(a), printable(b)));
  }
  void subsection(const event::ConfigurationSubsection* a, const event::ConfigurationSubsection* b) override {
    const auto text = [](const auto* side) { return side == nullptr ? "none" : printable(text_of(*side)); };
    line("{}  {}", head((a == nullptr ? b : a)->name), change(text(a), text(b)));
  }
  void block(const RamBlock* a, const RamBlock* b) override;
  void pages(const RamBlock& block, std::uint64_t page_size, const vm::ChangedRanges& ranges) override;
  void section(const vm::GuestSection* a, const vm::GuestSection* b, const vm::FieldChanges& fields) override;

 private:
  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    out_.write(fmt::format(format, std::forward<Args>(args)...) + "\n");
  }
  std::string head(std::string_view name) const { return style_.paint(Paint::bold, printable(name)); }
  std::string change(std::string_view a, std::string_view b) const {
    return fmt::format("{} → {}", style_.paint(Paint::red, a), style_.paint(Paint::green, b));
  }
  void field(const vm::ChangedField& field, std::size_t width);

  Lines& out_;
  Style style_;
};

/// As `--device` takes it.
std::string name_of(const vm::GuestSection& section) {
  return section.name.empty() ? "device state" : fmt::format("{}/{}", section.name, section.instance);
}

std::string only_in(bool a) { return a ? "only in A" : "only in B"; }

void DiffTree::block(const RamBlock* a, const RamBlock* b) {
  const std::string name = head("RAM " + (a == nullptr ? b : a)->name);
  if (a != nullptr && b != nullptr)
    return line("{}  {}", name, change(size_text(a->length), size_text(b->length)));
  line("{}  {}, {}", name, only_in(a != nullptr), size_text((a == nullptr ? b : a)->length));
}

void DiffTree::pages(const RamBlock& block, std::uint64_t page_size, const vm::ChangedRanges& ranges) {
  constexpr std::size_t most_ranges = 32;
  std::array<std::uint64_t, change_names.size()> totals{};
  std::size_t count = 0;
  ranges.visit([&](const vm::ChangedRange& range) {
    totals[static_cast<std::size_t>(range.change)] += range.count;
    ++count;
  });
  std::string text;
  for (std::size_t i = 0; i < totals.size(); ++i)
    if (totals[i] != 0)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", counted(totals[i], "page"), change_names[i]);
  line("{}  {}", head("RAM " + block.name), text);
  std::size_t shown = 0;
  ranges.visit([&](const vm::ChangedRange& range) {
    if (shown++ >= most_ranges) return;
    line("  {:#012x}  {:<12}  {}", range.first * page_size,
         change_names[static_cast<std::size_t>(range.change)], counted(range.count, "page"));
  });
  if (count > most_ranges) line("  … {} more; --json has all", counted(count - most_ranges, "range"));
}

void DiffTree::section(const vm::GuestSection* a, const vm::GuestSection* b, const vm::FieldChanges& fields) {
  const vm::GuestSection& any = a == nullptr ? *b : *a;
  const std::string name = head(name_of(any));
  if (a == nullptr || b == nullptr) return line("{}  {}", name, only_in(a != nullptr));
  std::string facts;
  std::size_t width = 0;  // of the paths; 0 where there are none
  fields.visit([&](const vm::ChangedField& each) {
    width = std::max({width, std::size_t{1}, columns(printable(each.path))});
  });
  if (a->version != b->version)
    facts += "  version " + change(fmt::to_string(a->version), fmt::to_string(b->version));
  if (a->device == nullptr || b->device == nullptr)
    facts += fmt::format("  contents without fields: {}", change(size_text(a->size), size_text(b->size)));
  else if (width == 0 && a->version == b->version)
    facts += "  the same values in another form";
  line("{}{}", name, facts);
  fields.visit([&](const vm::ChangedField& each) { field(each, std::min<std::size_t>(width, 40)); });
}

/// `256 bytes: +4 07 → 03, +3c 0b 01 → 00 00`: runs in which two buffers of one size differ.
std::string bytes_change(ByteView a, ByteView b) {
  constexpr std::size_t most_runs = 4;
  constexpr std::size_t most_bytes = 8;
  std::string text = counted(a.size(), "byte") + ":";
  std::size_t runs = 0;
  for (std::size_t at = 0; at < a.size();) {
    while (at < a.size() && a[at] == b[at]) ++at;
    const std::size_t first = at;
    while (at < a.size() && a[at] != b[at]) ++at;
    if (first == at) break;
    if (++runs > most_runs) return text + ", …";
    const std::size_t size = at - first;
    text += fmt::format("{} +{:x} {} → {}", runs == 1 ? "" : ",", first,
                        hex_excerpt(a.subspan(first, size), most_bytes),
                        hex_excerpt(b.subspan(first, size), most_bytes));
  }
  return text;
}

void DiffTree::field(const vm::ChangedField& field, std::size_t width) {
  const auto text = [](const auto& side) {
    return side ? value_text(*side->field, side->value) : std::string("none");
  };
  std::string path = printable(field.path);
  path.append(width - std::min(width, columns(path)), ' ');
  path = style_.paint(Paint::cyan, path);
  const auto* a = field.a ? std::get_if<ByteView>(&field.a->value) : nullptr;
  const auto* b = field.b ? std::get_if<ByteView>(&field.b->value) : nullptr;
  const bool are_alike = a != nullptr && b != nullptr && a->size() == b->size() && a->size() > least_buffer;
  line("  {}  {}", path, are_alike ? bytes_change(*a, *b) : change(text(field.a), text(field.b)));
}

/// What differs, by its name alone: one a line, and each once.
class DiffNames final : public vm::DifferenceSink {
 public:
  explicit DiffNames(Lines& out) : out_(out) {}

  void fact(std::string_view name, const std::string&, const std::string&) override { write(name); }
  void subsection(const event::ConfigurationSubsection* a, const event::ConfigurationSubsection* b) override {
    write((a == nullptr ? b : a)->name);
  }
  void block(const RamBlock* a, const RamBlock* b) override { write((a == nullptr ? b : a)->name); }
  void pages(const RamBlock& block, std::uint64_t, const vm::ChangedRanges&) override { write(block.name); }
  void section(const vm::GuestSection* a, const vm::GuestSection* b, const vm::FieldChanges&) override {
    write(name_of(a == nullptr ? *b : *a));
  }

 private:
  /// Of a block, both the length and the pages may differ.
  void write(std::string_view name) {
    if (name == last_) return;
    last_ = name;
    out_.write(printable(name) + "\n");
  }

  Lines& out_;
  std::optional<std::string> last_;
};

class DiffJson final : public vm::DifferenceSink {
 public:
  explicit DiffJson(Lines& out) : out_(out) {}

  void fact(std::string_view name, const std::string& a, const std::string& b) override {
    configuration(name, printable(a), printable(b));
  }
  void subsection(const event::ConfigurationSubsection* a, const event::ConfigurationSubsection* b) override {
    const auto text = [](const auto* side) {
      return side == nullptr ? Json() : Json(printable(text_of(*side)));
    };
    configuration((a == nullptr ? b : a)->name, text(a), text(b));
  }
  void block(const RamBlock* a, const RamBlock* b) override {
    const auto length = [](const RamBlock* side) { return side == nullptr ? Json() : Json(side->length); };
    write({{"record", "block"},
           {"name", printable((a == nullptr ? b : a)->name)},
           {"a", length(a)},
           {"b", length(b)}});
  }
  void pages(const RamBlock& block, std::uint64_t page_size, const vm::ChangedRanges& ranges) override;
  void section(const vm::GuestSection* a, const vm::GuestSection* b, const vm::FieldChanges& fields) override;

 private:
  void configuration(std::string_view name, const Json& a, const Json& b) {
    write({{"record", "configuration"}, {"name", printable(name)}, {"a", a}, {"b", b}});
  }
  void write(const Json& json) { out_.write(json.dump() + "\n"); }

  Lines& out_;
};

void DiffJson::pages(const RamBlock& block, std::uint64_t page_size, const vm::ChangedRanges& ranges) {
  ranges.visit([&](const vm::ChangedRange& range) {
    write({{"record", "pages"},
           {"block", printable(block.name)},
           {"address", range.first * page_size},
           {"pages", range.count},
           {"page_size", page_size},
           {"change", change_keys[static_cast<std::size_t>(range.change)]}});
  });
}

void DiffJson::section(const vm::GuestSection* a, const vm::GuestSection* b, const vm::FieldChanges& fields) {
  const vm::GuestSection& any = a == nullptr ? *b : *a;
  const Json name{{"name", printable(any.name)}, {"instance", any.instance}};
  const auto side = [](const vm::GuestSection* section) {
    return section == nullptr ? Json()
                              : Json{{"version", section->version},
                                     {"size", section->size},
                                     {"digest", to_string(section->digest)}};
  };
  std::size_t count = 0;
  fields.visit([&count](const vm::ChangedField&) { ++count; });
  Json json{{"record", "section"}};
  json.update(name);
  json.update({{"a", side(a)}, {"b", side(b)}, {"fields", count}});
  write(json);
  const auto value = [](const auto& of) {
    return of ? Json::parse(value_json(*of->field, of->value)) : Json();
  };
  fields.visit([&](const vm::ChangedField& field) {
    Json change{{"record", "field"}};
    change.update(name);
    change.update({{"path", printable(field.path)}, {"a", value(field.a)}, {"b", value(field.b)}});
    write(change);
  });
}

}  // namespace

std::unique_ptr<vm::DifferenceSink> make_diff_tree(Lines& out, const Style& style) {
  return std::make_unique<DiffTree>(out, style);
}
std::unique_ptr<vm::DifferenceSink> make_diff_names(Lines& out) { return std::make_unique<DiffNames>(out); }
std::unique_ptr<vm::DifferenceSink> make_diff_json(Lines& out) { return std::make_unique<DiffJson>(out); }

}  // namespace qember::cli
