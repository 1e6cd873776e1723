// SPDX-License-Identifier: LGPL-2.1-or-later
#include "map_svg.hpp"

#include "map_grid.hpp"
#include "style.hpp"

#include <fmt/format.h>

#include <cmath>

namespace qember::cli {
namespace {

using vm::BlockMap;
using vm::PageBin;

// All in SVG's units.
constexpr double width = 1180;
constexpr double margin = 44;
constexpr double axis = 66;    ///< for addresses, left of the cells
constexpr double gutter = 48;  ///< between the two panels
constexpr double panel = (width - 2 * margin - axis - gutter) / 2;
constexpr double row_height = 22;
constexpr std::size_t max_round_rows = 24;
constexpr const Palette& palette = light_palette;

constexpr std::array<std::string_view, vm::heat_levels> heat_names{"never", "once",  "2-3", "4-7",
                                                                   "8-15",  "16-31", "32+"};

constexpr auto head = R"svg(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0:.0f} {1:.0f}"
 width="{0:.0f}" height="{1:.0f}"
 font-family="Inter, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="13" fill="#23272e">
<title>{2}</title>
<defs><pattern id="unsent" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect width="6" height="6" fill="#f7f4ed"/><rect width="1.5" height="6" fill="#dcd6c8"/></pattern></defs>
<style>.quiet{{fill:#6b7280}}.name{{font-weight:600;font-size:16px}}.big{{font-weight:600;font-size:26px}}
.end{{text-anchor:end}}</style>
<rect width="100%" height="100%" fill="#fdfcf9"/>
)svg";

/// Text for XML: names in a stream are anyone's.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '<')
      out += "&lt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  }
  return out;
}

std::string hex(Colour colour) {
  return fmt::format("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue);
}

/// Draws from top to bottom; `y_` is where the next thing goes.
class Drawing {
 public:
  explicit Drawing(const vm::PageMap& map) : map_(map) {}

  void heading(const std::string& title);
  void legend();
  void block(const BlockMap& block);
  void rounds();
  std::string document(const std::string& title) const {
    return fmt::format(head, width, y_ + margin, escaped(title)) + body_ + "</svg>\n";
  }

 private:
  void text(double x, double y, std::string_view style, const std::string& what) {
    body_ +=
        fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\">{}</text>\n", x, y, style, escaped(what));
  }
  void rect(double x, double y, double w, double h, const std::string& fill) {
    constexpr auto form = R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}"/>)";
    body_ += fmt::format(form, x, y, w, h, fill) + '\n';
  }
  void swatch(double& x, const std::string& fill, std::string_view name);
  void panel_of(const BlockMap& block, const vm::Grid& grid, double x, double cell, bool heat);
  void addresses(const vm::Grid& grid, double cell);
  void bar(const vm::RoundTally& round, double x, double length);

  const vm::PageMap& map_;
  std::string body_;
  double y_ = margin;
};

void Drawing::heading(const std::string& title) {
  const vm::RoundTally all = vm::sum_of(map_.rounds());
  std::uint64_t length = 0;
  for (const BlockMap& each : map_.blocks()) length += each.length;
  text(margin, y_ + 18, "big", title);
  const std::string machine = map_.machine().empty() ? "" : map_.machine() + ", ";
  text(margin, y_ + 42, "quiet",
       fmt::format("{}RAM in {}, pages of {}", machine, counted(map_.blocks().size(), "block"),
                   short_size(map_.page_size())));
  const std::uint64_t rounds = map_.rounds().empty() ? 0 : map_.rounds().back().last;
  const std::pair<std::string, std::string> figures[] = {{short_size(length), "of guest memory"},
                                                         {grouped(all.records()), "pages sent"},
                                                         {grouped(all.resent), "of them again"},
                                                         {short_size(all.bytes), "of page contents"},
                                                         {grouped(rounds), rounds == 1 ? "round" : "rounds"}};
  y_ += 84;
  double x = margin;
  for (const auto& [figure, caption] : figures) {
    text(x, y_ + 8, "big", figure);
    text(x, y_ + 28, "quiet", caption);
    x += (width - 2 * margin) / std::size(figures);
  }
  y_ += 58;
}

void Drawing::swatch(double& x, const std::string& fill, std::string_view name) {
  constexpr double size = 13, letter = 7.2;
  rect(x, y_, size, size, fill);
  text(x + size + 6, y_ + 11.5, "", std::string(name));
  x += size + 6 + letter * static_cast<double>(name.size()) + 16;
}

void Drawing::legend() {
  double x = margin + axis;
  text(x, y_ + 4, "name", "What was sent last");
  text(x + panel + gutter, y_ + 4, "name", "How often again, a page on average");
  y_ += 16;
  swatch(x, hex(palette.full), "full");
  swatch(x, hex(palette.delta), "delta");
  swatch(x, hex(palette.zero), "zero");
  swatch(x, "url(#unsent)", "never sent");
  x = margin + axis + panel + gutter;
  for (std::size_t i = 0; i < vm::heat_levels; ++i) swatch(x, hex(palette.heat[i]), heat_names[i]);
  y_ += 40;
}

void Drawing::panel_of(const BlockMap& block, const vm::Grid& grid, double x, double cell, bool heat) {
  // Runs of one colour in a row, and of each colour one path.
  std::map<std::string, std::string> paths;
  for (auto at = grid.filled.begin(); at != grid.filled.end();) {
    const auto colour = [&](const auto& entry) {
      if (heat) return palette.heat[vm::heat_of(entry.second)];
      return colour_of(palette, entry.second, vm::pages_of(grid, block, entry.first));
    };
    const auto row = [&grid](std::uint64_t number) { return number / grid.columns; };
    const std::uint64_t first = at->first;
    const Colour run = colour(*at);
    std::uint64_t size = 0;
    for (; at != grid.filled.end() && at->first == first + size && row(at->first) == row(first) &&
           colour(*at) == run;
         ++at)
      ++size;
    paths[hex(run)] += fmt::format("M{} {}h{}v1h-{}z", first % grid.columns, row(first), size, size);
  }
  const auto columns = static_cast<double>(grid.columns);
  const auto rows = static_cast<double>(grid.rows);
  rect(x, y_, cell * columns, cell * rows, "url(#unsent)");
  constexpr auto group =
      R"svg(<g transform="translate({:.1f} {:.1f}) scale({:.4f})" shape-rendering="crispEdges">)svg";
  body_ += fmt::format(group, x, y_, cell) + '\n';
  for (const auto& [colour, path] : paths)
    body_ += fmt::format("<path fill=\"{}\" d=\"{}\"/>\n", colour, path);
  // Beyond the end of the block.
  if (const auto used = static_cast<double>(grid.cells % grid.columns); used != 0)
    body_ += fmt::format("<path fill=\"#fdfcf9\" d=\"M{} {}H{}v1.1H{}z\"/>\n", used, rows - 1, columns, used);
  body_ += "</g>\n";
}

void Drawing::addresses(const vm::Grid& grid, double cell) {
  // Labels at multiples of a power of two of rows, not closer than they are high.
  std::uint64_t step = 1;
  while (static_cast<double>(step) * cell < 28) step *= 2;
  for (std::uint64_t row = 0; row < grid.rows; row += step) {
    const double y = y_ + static_cast<double>(row) * cell;
    if (row != 0 && static_cast<double>(grid.rows - row) * cell < 8) break;
    text(margin + axis - 12, y + 9, "quiet end", short_size(row * grid.row_pages() * map_.page_size()));
    rect(margin + axis - 8, y, 6, 1, "#c9c4b8");
  }
}

void Drawing::block(const BlockMap& block) {
  const PageBin all = vm::sum_of(block);
  const double x = margin + axis;
  text(x, y_ + 4, "name", fmt::format("{}  {}", block.name, short_size(block.length)));
  y_ += 22;
  if (all.sent() == 0) {
    text(x, y_ + 2, "quiet", "never sent");
    y_ += 28;
    return;
  }
  constexpr std::uint64_t most = 128;
  const std::uint64_t columns = block.pages > most * most / 8 ? most : most / 2;
  const vm::Grid grid = vm::make_grid(block, columns, most);
  const double cell = panel / static_cast<double>(columns);
  text(x, y_ + 2, "quiet", forms_text(all, block.pages));
  text(x + panel + gutter, y_ + 2, "quiet",
       fmt::format("{} sent again; a cell is {}, a row {}", grouped(all.resent),
                   short_size(grid.cell_pages * map_.page_size()),
                   short_size(grid.row_pages() * map_.page_size())));
  y_ += 12;
  addresses(grid, cell);
  panel_of(block, grid, x, cell, false);
  panel_of(block, grid, x + panel + gutter, cell, true);
  y_ += cell * static_cast<double>(grid.rows) + 40;
}

void Drawing::bar(const vm::RoundTally& round, double x, double length) {
  const std::pair<std::uint64_t, Colour> parts[] = {
      {round.full, palette.full}, {round.delta, palette.delta}, {round.zero, palette.zero}};
  for (const auto& [count, colour] : parts) {
    if (count == 0) continue;
    const double part =
        std::max(1.5, length * static_cast<double>(count) / static_cast<double>(round.records()));
    rect(x, y_, part, row_height - 6, hex(colour));
    x += part;
  }
}

void Drawing::rounds() {
  const auto rounds = vm::join_rounds(map_.rounds(), max_round_rows);
  if (rounds.empty()) return;
  constexpr double name = 100, numbers = 330;
  std::uint64_t most = 1;
  for (const auto& round : rounds) most = std::max(most, round.records());
  text(margin, y_ + 4, "name", "What each round sent");
  text(width - margin, y_ + 4, "quiet end", "a bar's length is the square root of its pages");
  y_ += 22;
  for (const auto& round : rounds) {
    const double share = std::sqrt(static_cast<double>(round.records()) / static_cast<double>(most));
    text(margin + name - 14, y_ + 12.5, "end", round_text(round));
    bar(round, margin + name, (width - 2 * margin - name - numbers) * share);
    text(width - margin - 200, y_ + 12.5, "end", fmt::format("{} pages", grouped(round.records())));
    text(width - margin - 100, y_ + 12.5, "end", short_size(round.bytes));
    text(width - margin, y_ + 12.5, "quiet end", fmt::format("{} again", grouped(round.resent)));
    y_ += row_height;
  }
}

}  // namespace

std::string map_svg(const vm::PageMap& map, const std::string& title) {
  Drawing drawing(map);
  drawing.heading(title);
  drawing.legend();
  for (const BlockMap& block : map.blocks()) drawing.block(block);
  drawing.rounds();
  return drawing.document(title);
}

}  // namespace qember::cli
