// SPDX-License-Identifier: LGPL-2.1-or-later
#include "map_text.hpp"

#include "map_grid.hpp"
#include "style.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <tuple>

#include <unistd.h>

namespace qember::cli {
namespace {

using vm::BlockMap;
using vm::PageBin;

constexpr std::size_t axis_width = 10;
constexpr std::size_t gap_width = 3;
constexpr std::uint64_t max_lines = 16;
constexpr std::size_t max_round_lines = 16;
constexpr std::string_view upper_half = "▀";
// By heat.
constexpr std::array<std::string_view, vm::heat_levels> heat_marks{".", "1", "2", "4", "8", "o", "@"};
constexpr std::array<std::string_view, vm::heat_levels> heat_names{"never", "once",  "2-3", "4-7",
                                                                   "8-15",  "16-31", "32+"};

char mark_of(const PageBin& bin) {
  // Contents weigh more than zeroes, of which there are most.
  if (bin.sent() == 0) return '.';
  if (bin.full == 0 && bin.delta == 0) return '-';
  if (bin.delta >= bin.full) return 'x';
  return bin.full * 4 >= bin.zero ? '#' : '+';
}

class Painter {
 public:
  Painter(const vm::PageMap& map, TextStyle style) : map_(map), style_(style) {}

  void title(const std::string& file) {
    std::uint64_t length = 0;
    for (const BlockMap& block : map_.blocks()) length += block.length;
    const std::string machine = map_.machine().empty() ? "" : printable(map_.machine()) + ", ";
    const std::uint64_t rounds = map_.rounds().empty() ? 0 : map_.rounds().back().last;
    line(fmt::format("{}{}{}: {}{} in {}, {} sent in {}", bold(), printable(file), plain(), machine,
                     short_size(length), counted(map_.blocks().size(), "block"),
                     counted(vm::sum_of(map_.rounds()).records(), "page"), counted(rounds, "round")));
  }

  void legend() {
    const Palette& p = dark_palette;
    const std::string forms = colours()
                                  ? fmt::format("{} full  {} delta  {} zero  {} never sent", swatch(p.full),
                                                swatch(p.delta), swatch(p.zero), swatch(p.unsent))
                                  : "# full  + full among zero  x delta  - zero  . never sent";
    std::string again = "sent again, a page on average:";
    for (std::size_t i = 0; i < vm::heat_levels; ++i)
      again +=
          fmt::format("  {} {}", colours() ? swatch(p.heat[i]) : std::string(heat_marks[i]), heat_names[i]);
    line(forms);
    line(again);
  }

  void block(const BlockMap& block);
  void rounds();
  std::string text() && { return std::move(text_); }

 private:
  bool colours() const { return style_.colours != ColourDepth::none; }
  std::string_view bold() const { return colours() ? "\x1b[1m" : ""; }
  std::string_view dim() const { return colours() ? "\x1b[2m" : ""; }
  std::string_view plain() const { return colours() ? "\x1b[0m" : ""; }
  void line(const std::string& text) { text_ += text + '\n'; }

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

  /// Two rows of cells in one line, or one in plain text. `heat`: how often again, else as what.
  std::string cells(const BlockMap& block, const vm::Grid& grid, std::uint64_t row, bool heat) const;
  Colour colour(const BlockMap& block, const vm::Grid& grid, std::uint64_t cell, bool heat) const;
  std::string bar(const vm::RoundTally& round, double length) const;

  const vm::PageMap& map_;
  TextStyle style_;
  std::string text_;
};

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

void Painter::block(const BlockMap& block) {
  const std::size_t room = style_.width > axis_width + gap_width ? style_.width - axis_width - gap_width : 2;
  const std::uint64_t columns = std::bit_floor(std::clamp<std::size_t>(room / 2, 8, 128));
  const std::uint64_t step = colours() ? 2 : 1;
  const vm::Grid grid = vm::make_grid(block, columns, max_lines * step);
  const PageBin all = vm::sum_of(block);
  std::string summary = "never sent";
  if (all.sent() != 0) summary = fmt::format("{}; {}", forms_text(all, block.pages), again_text(all));
  line("");
  line(fmt::format("{}{}{}  {}", bold(), printable(block.name), plain(), short_size(block.length)));
  line(fmt::format("{}pages: {}{}", dim(), summary, plain()));
  if (all.sent() == 0) return;
  for (std::uint64_t row = 0; row < grid.rows; row += step)
    line(fmt::format("{}{:>{}} {}{}{:{}}{}", dim(), short_size(row * grid.row_pages() * map_.page_size()),
                     axis_width - 1, plain(), cells(block, grid, row, false), "", gap_width,
                     cells(block, grid, row, true)));
  const std::string cell = short_size(grid.cell_pages * map_.page_size());
  line(fmt::format("{}{:{}}a cell is {}{}", dim(), "", axis_width, cell, plain()));
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

void Painter::rounds() {
  const auto rounds = vm::join_rounds(map_.rounds(), max_round_lines);
  if (rounds.empty()) return;
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

TextStyle text_style(int fd) {
  if (::isatty(fd) != 1) return {};
  const char* const color_term = std::getenv("COLORTERM");
  const std::string_view depth = color_term == nullptr ? "" : color_term;
  const bool is_direct = depth == "truecolor" || depth == "24bit";
  const auto colours = is_direct ? ColourDepth::direct : ColourDepth::indexed;
  return {terminal_width(fd, TextStyle().width), wants_color() ? colours : ColourDepth::none};
}

std::string map_text(const vm::PageMap& map, const std::string& title, TextStyle style) {
  Painter painter(map, style);
  painter.title(title);
  painter.legend();
  for (const BlockMap& block : map.blocks()) painter.block(block);
  painter.rounds();
  return std::move(painter).text();
}

}  // namespace qember::cli
