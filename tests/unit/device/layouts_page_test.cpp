// SPDX-License-Identifier: LGPL-2.1-or-later
// schema/layouts.md is what the tables say.
#include "device/layout.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>
#include <sstream>

using namespace qember::device;

namespace {

/// The tables as the page has them. What has been written once is named the next time.
class Page {
 public:
  std::string text(const LaidOutType& type) {
    out_.str({});
    slots_.fill("the size");
    out_ << "### `" << type.type << "`\n\n```\n";
    part(type.part, 0);
    out_ << "```\n\n";
    return out_.str();
  }

 private:
  void line(int depth) { out_ << std::string(2 * static_cast<std::size_t>(depth), ' '); }

  static std::string integer(const Part& part) {
    if (part.width == 1) return part.is_signed ? "s8" : "u8";
    return (part.is_signed ? "s" : part.little ? "le" : "be") + std::to_string(8 * part.width);
  }
  std::string count(const Count& count) const {
    if (count.rest) return "to the end";
    if (count.slot == no_slot) return std::to_string(count.fixed);
    std::string text = slots_.at(count.slot);
    if (count.less != 0) text += " - " + std::to_string(count.less);
    if (count.over != no_slot) text += " / " + slots_.at(count.over);
    if (count.per != 1) text += " / " + std::to_string(count.per);
    if (count.by != no_slot) text += " * " + slots_.at(count.by) + " * 4";
    return text;
  }
  std::string type(const Part& part) const {
    switch (part.shape) {
      case Shape::integer: return integer(part);
      case Shape::boolean: return "bool";
      case Shape::bytes: return "bytes(" + count(part.count) + ")";
      case Shape::structure: return std::string(part.groups[0].name);
      case Shape::choice: return "choice";
      case Shape::list: return "list (01 element)* 00, of " + std::string(part.groups[0].name);
      case Shape::sequence:
        return "list element* " + std::to_string(part.width) + " zero bytes, of " +
               std::string(part.groups[0].name);
      case Shape::pieces: return "capabilities by their places, and what is between";
    }
    return {};
  }
  std::string condition(const When& when) const {
    const std::string number = std::to_string(when.value);
    switch (when.test) {
      case Test::always: return "";
      case Test::equal: return ", if " + slots_.at(when.slot) + " = " + number;
      case Test::above: return ", if " + slots_.at(when.slot) + " > " + number;
      case Test::bit: return ", if bit " + number + " of " + slots_.at(when.slot);
      case Test::clear: return ", if not bit " + number + " of " + slots_.at(when.slot);
    }
    return {};
  }

  void part(const Part& part, int depth) {
    line(depth);
    out_ << part.name << "  " << type(part);
    if (part.array) out_ << "[" << count(part.count) << "]";
    out_ << condition(part.when) << (part.folds ? ", zeros at the end left out" : "");
    if (part.least != 0) out_ << ", at least " << int(part.least);
    if (part.most != 0) out_ << ", 1 to " << part.most;
    out_ << "\n";
    const bool is_choice = part.shape == Shape::choice || part.shape == Shape::pieces;
    for (std::size_t i = 0; i < part.groups.size; ++i) {
      if (is_choice) {
        line(depth + 1);
        out_ << i << "  " << part.groups[i].name << "\n";
      }
      structure(part.groups[i], depth + (is_choice ? 2 : 1));
    }
    if (part.slot != no_slot) slots_.at(part.slot) = part.name;
    for (Slot slot = 0; slot < slots; ++slot)
      if ((part.derived >> slot & 1) != 0) slots_.at(slot) = "MSI-X vectors";
  }

  void structure(const Layout& layout, int depth) {
    const bool is_known = layout.parts.size > 3 && !known_.emplace(layout.name, layout.parts.data).second;
    if (is_known) {
      line(depth);
      out_ << "as above\n";
      return;
    }
    for (const Part& each : layout.parts) part(each, depth);
    for (const Layout& each : layout.subsections) {
      line(depth);
      out_ << "subsection " << each.name << ", version " << each.version << "\n";
      structure(each, depth + 1);
    }
  }

  std::ostringstream out_;
  std::array<std::string, slots> slots_;
  std::set<std::pair<std::string_view, const Part*>> known_;
};

std::string page_of_tables() {
  Page page;
  std::string text;
  for (const auto types : {pci_layouts(), virtio_layouts(), backend_layouts(), cpu_layouts()})
    for (const LaidOutType& each : types) text += page.text(each);
  return text;
}

}  // namespace

TEST_CASE("layouts.md is what the tables say") {
  std::ifstream in(QEMBER_TEST_SCHEMA "/layouts.md");
  std::stringstream page;
  page << in.rdbuf();
  const std::string text = page.str();
  const auto begin = text.find("### ");
  const std::string tables = page_of_tables();
  if (begin == std::string::npos || text.substr(begin) != tables) {
    std::ofstream("layouts.md") << text.substr(0, std::min(begin, text.size())) << tables;
    FAIL("schema/layouts.md is not; layouts.md in the current directory is");
  }
}

namespace {

constexpr std::array unset_parts{be32("a").only(above(3, 0))};
constexpr Layout unset{"unset", unset_parts};
constexpr Layout empty{"empty"};
constexpr std::array empty_elements{be32("n").into(0), structure("e", empty).each(as(0))};
constexpr Layout endless{"endless", empty_elements};
constexpr std::array folded_blobs{be32("n").into(0), bytes("b", as(0)).folded(2)};
constexpr Layout folded{"folded", folded_blobs};
constexpr std::array no_width{integer("n", 3)};
constexpr Layout odd{"odd", no_width};

}  // namespace

TEST_CASE("a table that no reader could follow is not built") {
  STATIC_REQUIRE_FALSE(is_sound({"of a number that no field left", structure("t", unset)}));
  STATIC_REQUIRE(is_sound({"of one that the size left", structure("t", unset), nullptr, 1U << 3U}));
  STATIC_REQUIRE_FALSE(is_sound({"elements without bytes", structure("t", endless)}));
  STATIC_REQUIRE_FALSE(is_sound({"elements that are not alike", structure("t", folded)}));
  STATIC_REQUIRE_FALSE(is_sound({"an integer of 3 bytes", structure("t", odd)}));
  STATIC_REQUIRE_FALSE(is_sound({"a number by itself", be32("a")}));
}
