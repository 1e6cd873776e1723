// SPDX-License-Identifier: LGPL-2.1-or-later
#include "map_text.hpp"

#include "map_grid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <tuple>

namespace qember::cli {
namespace {

using vm::BlockMap;
using vm::PageBin;

constexpr std::size_t axis_width = 10;
constexpr std::size_t gap_width = 3;
constexpr std::uint64_t max_lines = 16;
constexpr std::size_t max_round_lines = 16;
constexpr std::size_t longest_name = 22;  ///< of a small block
constexpr std::string_view upper_half = "▀";
// By heat.
constexpr std::array<std::string_view, vm::heat_levels> heat_marks{".", "1", "2", "4", "8", "o", "@"};

char mark_of(const PageBin& bin) {
  // Contents weigh more than zeroes, of which there are most.
  if (bin.sent() == 0) return '.';
  if (bin.full == 0 && bin.delta == 0) return '-';
  if (bin.delta >= bin.full) return 'x';
  return bin.full * 4 >= bin.zero ? '#' : '+';
}

class Painter {
 public:
  Painter(const vm::PageMap& map, TextStyle style)
      : map_(map), style_(style), scale_(map, columns_of(style), max_lines * rows_in_line()) {}

  void title(const std::string& file);
  void legend();
  void blocks();
  void rounds();
  std::string text() && { return std::move(text_); }

 private:
  bool colours() const { return style_.colours != ColourDepth::none; }
  std::string_view bold() const { return colours() ? "\x1b[1m" : ""; }
  std::string_view dim() const { return colours() ? "\x1b[2m" : ""; }
  std::string_view plain() const { return colours() ? "\x1b[0m" : ""; }
  void line(const std::string& text) { text_ += text + '\n'; }
  std::string size_of_pages(std::uint64_t pages) const { return short_size(pages * map_.page_size()); }
  /// Of cells: two in colours.
  std::uint64_t rows_in_line() const { return colours() ? 2 : 1; }
  /// Of cells in each of two panels.
  static std::uint64_t columns_of(const TextStyle& style) {
    const std::size_t room = style.width > axis_width + gap_width ? style.width - axis_width - gap_width : 2;
    return std::bit_floor(std::clamp<std::size_t>(room / 2, 8, 128));
  }

  /// `where`: 38 for the foreground, 48 for the background.
  std::string paint(int where, Colour colour) const {
    if (style_.colours == ColourDepth::direct)
      return fmt::format("\x1b[{};2;{};{};{}m", where, colour.red, colour.green, colour.blue);
    // The 6 x 6 x 6 cube of 256 colours.
    const auto level = [](std::uint8_t value) {
      return value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40;
    };
    const int index = 16 + 36 * level(colour.red) + 6 * level(colour.green) + level(colour.blue);
    return fmt::format("\x1b[{};5;{}m", where, index);
  }
  std::string swatch(Colour colour) const { return paint(38, colour) + "■" + std::string(plain()); }

  void large_block(const BlockMap& block);
  void small_blocks(std::span<const BlockMap* const> blocks);
  /// What was sent of the block.
  std::string summary(const BlockMap& block) const;
  /// A line of both panels.
  std::string panels(const BlockMap& block, const vm::Grid& grid, std::uint64_t row, std::size_t gap) const;
  /// Two rows of cells in one line, or one in plain text. `heat`: how often again, else as what.
  std::string cells(const BlockMap& block, const vm::Grid& grid, std::uint64_t row, bool heat) const;
  Colour colour(const BlockMap& block, const vm::Grid& grid, std::uint64_t cell, bool heat) const;
  std::string bar(const vm::RoundTally& round, double length) const;

  const vm::PageMap& map_;
  TextStyle style_;
  vm::Scale scale_;
  std::string text_;
};

void Painter::title(const std::string& file) {
  const std::string machine = map_.machine().empty() ? "" : printable(map_.machine()) + ", ";
  line(fmt::format("{}{}{}: {}{} in {}, {} sent in {}", bold(), printable(file), plain(), machine,
                   short_size(scale_.length), counted(map_.blocks().size(), "block"),
                   counted(scale_.all.records(), "page"), counted(scale_.rounds, "round")));
  line(fmt::format("{}a cell is {}; {} of page contents; {} sent again{}", dim(),
                   size_of_pages(scale_.cell_pages), short_size(scale_.all.bytes),
                   counted(scale_.all.resent, "page"), plain()));
}

void Painter::legend() {
  const Palette& p = dark_palette;
  line(colours() ? fmt::format("{} full  {} delta  {} zero  {} never sent", swatch(p.full), swatch(p.delta),
                               swatch(p.zero), swatch(p.unsent))
                 : "# full  + full among zero  x delta  - zero  . never sent");
  if (!scale_.has_again) return;
  std::string again = "sent again on average:";
  for (std::size_t i = 0; i < vm::heat_levels; ++i)
    again +=
        fmt::format("  {} {}", colours() ? swatch(p.heat[i]) : std::string(heat_marks[i]), heat_names[i]);
  line(again);
}

Colour Painter::colour(const BlockMap& block, const vm::Grid& grid, std::uint64_t cell, bool heat) const {
  const auto found = grid.filled.find(cell);
  const PageBin bin = found == grid.filled.end() ? PageBin{} : found->second;
  return heat ? dark_palette.heat[vm::heat_of(bin)]
              : colour_of(dark_palette, bin, vm::pages_of(grid, block, cell));
}

std::string Painter::cells(const BlockMap& block, const vm::Grid& grid, std::uint64_t row, bool heat) const {
  std::string text;
  for (std::uint64_t column = 0; column < grid.columns; ++column) {
    const std::uint64_t upper = row * grid.columns + column;
    const std::uint64_t lower = upper + grid.columns;
    if (upper >= grid.cells) {
      text += ' ';
    } else if (colours()) {
      if (lower < grid.cells) text += paint(48, colour(block, grid, lower, heat));
      text += paint(38, colour(block, grid, upper, heat));
      text += upper_half;
      text += plain();
    } else {
      const auto found = grid.filled.find(upper);
      const PageBin bin = found == grid.filled.end() ? PageBin{} : found->second;
      text += heat ? std::string(heat_marks[vm::heat_of(bin)]) : std::string(1, mark_of(bin));
    }
  }
  return text;
}

std::string Painter::panels(const BlockMap& block, const vm::Grid& grid, std::uint64_t row,
                            std::size_t gap) const {
  const std::string forms = cells(block, grid, row, false);
  return scale_.has_again ? forms + std::string(gap, ' ') + cells(block, grid, row, true) : forms;
}

std::string Painter::summary(const BlockMap& block) const {
  const PageBin all = vm::sum_of(block);
  if (all.sent() == 0) return "never sent";
  const std::string forms = forms_text(all, block.pages);
  return scale_.has_again ? fmt::format("{}; {}", forms, again_text(all)) : forms;
}

void Painter::large_block(const BlockMap& block) {
  line("");
  line(fmt::format("{}{}{}  {}", bold(), printable(block.name), plain(), short_size(block.length)));
  line(fmt::format("{}pages: {}{}", dim(), summary(block), plain()));
  if (vm::sum_of(block).sent() == 0) return;
  const vm::Grid grid = scale_.grid_of(block);
  for (std::uint64_t row = 0; row < grid.rows; row += rows_in_line())
    line(fmt::format("{}{:>{}}{} {}", dim(), size_of_pages(row * grid.row_pages()), axis_width - 1, plain(),
                     panels(block, grid, row, gap_width)));
}

/// A line for each: name, size, cells, and what was sent.
void Painter::small_blocks(std::span<const BlockMap* const> blocks) {
  std::size_t name_width = 0;
  std::size_t cells_width = 0;
  const auto panels_width = [this](std::uint64_t count) { return scale_.has_again ? 2 * count + 1 : count; };
  for (const BlockMap* const block : blocks) {
    name_width = std::max(name_width, std::min(longest_name, columns(printable(block->name))));
    cells_width = std::max(cells_width, panels_width(scale_.grid_of(*block).columns));
  }
  line("");
  line(fmt::format("{}Small blocks{}  {}on the same scale{}", bold(), plain(), dim(), plain()));
  for (const BlockMap* const block : blocks) {
    const std::string name = fitted(printable(block->name), longest_name);
    const vm::Grid grid = scale_.grid_of(*block);
    const std::size_t used = panels_width(grid.columns);
    line(fmt::format("{}{:{}} {:>9}  {}{:{}}  {}{}{}", name, "", name_width - columns(name),
                     short_size(block->length), panels(*block, grid, 0, 1), "", cells_width - used, dim(),
                     summary(*block), plain()));
  }
}

void Painter::blocks() {
  for (const BlockMap* const block : scale_.large) large_block(*block);
  if (!scale_.small.empty()) small_blocks(scale_.small);
}

std::string Painter::bar(const vm::RoundTally& round, double length) const {
  const Palette& p = dark_palette;
  const std::tuple<std::uint64_t, Colour, char> parts[] = {
      {round.full, p.full, '#'}, {round.delta, p.delta, 'x'}, {round.zero, p.zero, '-'}};
  std::string text;
  double end = 0;
  std::size_t drawn = 0;
  for (const auto& [count, colour, mark] : parts) {
    end += length * static_cast<double>(count) / static_cast<double>(round.records());
    // What there is is seen.
    const std::size_t wanted =
        std::max(static_cast<std::size_t>(std::lround(end)), drawn + (count != 0 ? 1 : 0));
    if (colours()) text += paint(38, colour);
    for (; drawn < wanted; ++drawn) text += colours() ? "█" : std::string(1, mark);
  }
  return text + std::string(plain());
}

/// Of a single one, the title says all.
void Painter::rounds() {
  const auto rounds = vm::join_rounds(map_.rounds(), max_round_lines);
  if (rounds.size() < 2) return;
  constexpr std::size_t name_width = 16, numbers_width = 37, least = 8;
  const auto room = static_cast<double>(std::max(style_.width, name_width + numbers_width + least) -
                                        name_width - numbers_width);
  std::uint64_t most = 1;
  for (const auto& round : rounds) most = std::max(most, round.records());
  line("");
  line(fmt::format("{}What each round sent{}  {}(a bar's length is the square root of its pages){}", bold(),
                   plain(), dim(), plain()));
  for (const auto& round : rounds) {
    const double length =
        (room - 3) * std::sqrt(static_cast<double>(round.records()) / static_cast<double>(most));
    line(fmt::format("{:<{}}{:>9} pages {:>10}  {}", round_text(round), name_width, grouped(round.records()),
                     short_size(round.bytes), bar(round, length)));
  }
}

}  // namespace

TextStyle text_style(const Style& style) {
  const char* const color_term = std::getenv("COLORTERM");
  const std::string_view depth = color_term == nullptr ? "" : color_term;
  const bool is_direct = depth == "truecolor" || depth == "24bit";
  const auto colours = is_direct ? ColourDepth::direct : ColourDepth::indexed;
  return {output_width().value_or(TextStyle().width), style.has_color() ? colours : ColourDepth::none};
}

std::string map_text(const vm::PageMap& map, const std::string& title, TextStyle style) {
  Painter painter(map, style);
  painter.title(title);
  painter.legend();
  painter.blocks();
  painter.rounds();
  return std::move(painter).text();
}

}  // namespace qember::cli
