// SPDX-License-Identifier: LGPL-2.1-or-later
#include "map_svg.hpp"

#include "map_grid.hpp"
#include "style.hpp"
#include "svg_tones.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace qember::cli {
namespace {

using vm::BlockMap;
using vm::PageBin;

// All in SVG's units.
constexpr double width = 1180;
constexpr double margin = 44;
constexpr double axis = 66;    ///< for addresses, left of the cells
constexpr double gutter = 48;  ///< between the two panels
constexpr double row_height = 22;
constexpr double strip_cells = 330;  ///< where the cells of small blocks begin
constexpr std::size_t longest_name = 36;
constexpr std::size_t max_round_rows = 24;
constexpr std::uint64_t most_columns = 128;
constexpr std::uint64_t most_rows = 128;
constexpr std::uint64_t tile = 16;           ///< cells that have one tooltip
constexpr std::size_t most_tooltips = 8192;  ///< in all

// Colours of a light ground, and of a dark one where the reader has that.
constexpr auto head = R"svg(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0:.0f} {1:.0f}"
 width="{0:.0f}" height="{1:.0f}" role="img" aria-labelledby="title summary"
 font-family="Inter, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="13" class="ink">
<title id="title">{2}</title>
<desc id="summary">{3}</desc>
<style>.ground{{fill:#fdfcf9}}.ink{{fill:#23272e}}.quiet{{fill:#6b7280}}.tick{{fill:#c9c4b8}}
.hatch{{fill:#f7f4ed}}.line{{fill:#dcd6c8}}.tip{{fill:transparent}}
.name{{font-weight:600;font-size:16px}}.big{{font-weight:600;font-size:26px}}.end{{text-anchor:end}}
{4}@media(prefers-color-scheme:dark){{.ground{{fill:#16181d}}.ink{{fill:#e6e3dc}}.quiet{{fill:#9aa1ac}}
.tick{{fill:#4a4f59}}.hatch{{fill:#1d2026}}.line{{fill:#31353e}}
{5}}}</style>
<defs><pattern id="unsent" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect width="6" height="6" class="hatch"/><rect width="1.5" height="6" class="line"/></pattern></defs>
<rect width="100%" height="100%" class="ground"/>
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

/// Draws from top to bottom; `y_` is where the next thing goes.
class Drawing {
 public:
  explicit Drawing(const vm::PageMap& map);

  void heading(const std::string& title);
  void legend();
  void blocks();
  void rounds();
  std::string document(const std::string& title) const;

 private:
  void text(double x, double y, std::string_view style, const std::string& what) {
    body_ +=
        fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\">{}</text>\n", x, y, style, escaped(what));
  }
  void rect(double x, double y, double w, double h, std::string_view look) {
    constexpr auto form = R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" {}/>)";
    body_ += fmt::format(form, x, y, w, h, look) + '\n';
  }
  std::string filled(const Tone& tone) { return fmt::format("class=\"{}\"", tones_.class_of(tone)); }
  void swatch(double& x, std::string_view look, std::string_view name);
  void large_block(const BlockMap& block);
  void small_block(const BlockMap& block);
  void cells(const BlockMap& block, const vm::Grid& grid, double x, double height, bool heat);
  void tooltips(const BlockMap& block, const vm::Grid& grid, double x);
  void tooltip(double x, double y, double w, double h, const std::string& what);
  void addresses(const vm::Grid& grid);
  void bar(const vm::RoundTally& round, double x, double length);
  std::string summary() const;

  const vm::PageMap& map_;
  vm::Scale scale_;
  double panel_;  ///< width of one
  double cell_;   ///< width and height of one
  std::size_t tooltips_ = 0;
  Tones tones_;
  std::string body_;
  double y_ = margin;
};

constexpr std::string_view unsent = R"svg(fill="url(#unsent)")svg";

Drawing::Drawing(const vm::PageMap& map) : map_(map), scale_(map, most_columns, most_rows) {
  const double room = width - 2 * margin - axis;
  panel_ = scale_.has_again ? (room - gutter) / 2 : room;
  cell_ = panel_ / static_cast<double>(scale_.columns);
}

std::string Drawing::summary() const {
  std::string text =
      fmt::format("{} in {}: {} sent, {} of them again, in {}.", short_size(scale_.length),
                  counted(map_.blocks().size(), "RAM block"), counted(scale_.all.records(), "page"),
                  grouped(scale_.all.resent), counted(scale_.rounds, "round"));
  constexpr std::size_t most = 16;
  for (const BlockMap& block : map_.blocks().first(std::min(most, map_.blocks().size())))
    text += fmt::format(" {}, {}: {}.", printable(block.name), short_size(block.length),
                        forms_text(vm::sum_of(block), block.pages));
  return text;
}

std::string Drawing::document(const std::string& title) const {
  return fmt::format(head, width, y_ + margin, escaped(title), escaped(summary()), tones_.light(),
                     tones_.dark()) +
         body_ + "</svg>\n";
}

void Drawing::heading(const std::string& title) {
  text(margin, y_ + 18, "big", title);
  const std::string machine = map_.machine().empty() ? "" : map_.machine() + ", ";
  text(margin, y_ + 42, "quiet",
       fmt::format("{}RAM in {}, pages of {}; a cell is {}", machine, counted(map_.blocks().size(), "block"),
                   short_size(map_.page_size()), short_size(scale_.cell_pages * map_.page_size())));
  const std::pair<std::string, std::string> figures[] = {
      {short_size(scale_.length), "of guest memory"},
      {grouped(scale_.all.records()), "pages sent"},
      {grouped(scale_.all.resent), "of them again"},
      {short_size(scale_.all.bytes), "of page contents"},
      {grouped(scale_.rounds), scale_.rounds == 1 ? "round" : "rounds"}};
  y_ += 84;
  double x = margin;
  for (const auto& [figure, caption] : figures) {
    text(x, y_ + 8, "big", figure);
    text(x, y_ + 28, "quiet", caption);
    x += (width - 2 * margin) / std::size(figures);
  }
  y_ += 58;
}

void Drawing::swatch(double& x, std::string_view look, std::string_view name) {
  constexpr double size = 13, letter = 7.2;
  rect(x, y_, size, size, look);
  text(x + size + 6, y_ + 11.5, "", std::string(name));
  x += size + 6 + letter * static_cast<double>(name.size()) + 16;
}

void Drawing::legend() {
  double x = margin + axis;
  text(x, y_ + 4, "name", "What was sent last");
  if (scale_.has_again) text(x + panel_ + gutter, y_ + 4, "name", "How often again, a page on average");
  y_ += 16;
  swatch(x, filled(tone(&Palette::full)), "full");
  swatch(x, filled(tone(&Palette::delta)), "delta");
  swatch(x, filled(tone(&Palette::zero)), "zero");
  swatch(x, unsent, "never sent");
  x = margin + axis + panel_ + gutter;
  for (std::size_t i = 0; scale_.has_again && i < vm::heat_levels; ++i)
    swatch(x, filled(heat_tone(i)), heat_names[i]);
  y_ += 40;
}

/// `height`: of a cell.
void Drawing::cells(const BlockMap& block, const vm::Grid& grid, double x, double height, bool heat) {
  // Runs of one tone in a row, and of each tone one path.
  std::map<std::string, std::string> paths;
  const auto row = [&grid](std::uint64_t number) { return number / grid.columns; };
  const auto tone_at = [&](const auto& entry) {
    return heat ? heat_tone(vm::heat_of(entry.second))
                : form_tone(entry.second, vm::pages_of(grid, block, entry.first));
  };
  for (auto at = grid.filled.begin(); at != grid.filled.end();) {
    const std::uint64_t first = at->first;
    const Tone run = tone_at(*at);
    std::uint64_t size = 0;
    for (; at != grid.filled.end() && at->first == first + size && row(at->first) == row(first) &&
           tone_at(*at) == run;
         ++at)
      ++size;
    paths[tones_.class_of(run)] +=
        fmt::format("M{} {}h{}v1h-{}z", first % grid.columns, row(first), size, size);
  }
  // The last row may be shorter.
  const std::uint64_t last = grid.cells % grid.columns;
  const std::uint64_t rows = grid.cells / grid.columns;
  const auto whole_rows = static_cast<double>(rows);
  if (rows != 0) rect(x, y_, cell_ * static_cast<double>(grid.columns), height * whole_rows, unsent);
  if (last != 0) rect(x, y_ + height * whole_rows, cell_ * static_cast<double>(last), height, unsent);
  constexpr auto group =
      R"svg(<g transform="translate({:.1f} {:.1f}) scale({:.4f} {:.4f})" shape-rendering="crispEdges">)svg";
  body_ += fmt::format(group, x, y_, cell_, height) + '\n';
  for (const auto& [name, path] : paths) body_ += fmt::format("<path class=\"{}\" d=\"{}\"/>\n", name, path);
  body_ += "</g>\n";
}

void Drawing::tooltip(double x, double y, double w, double h, const std::string& what) {
  if (tooltips_++ >= most_tooltips) return;
  constexpr auto form =
      R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="tip"><title>{}</title></rect>)";
  body_ += fmt::format(form, x, y, w, h, escaped(what)) + '\n';
}

/// The block and the addresses under the pointer, and what was sent there.
void Drawing::tooltips(const BlockMap& block, const vm::Grid& grid, double x) {
  for (std::uint64_t first = 0; first < grid.cells && tooltips_ < most_tooltips;) {
    const std::uint64_t column = first % grid.columns;
    const std::uint64_t row = first / grid.columns;
    const std::uint64_t size = std::min({tile, grid.columns - column, grid.cells - first});
    PageBin sum;
    for (auto at = grid.filled.lower_bound(first); at != grid.filled.end() && at->first < first + size; ++at)
      sum += at->second;
    const std::uint64_t begin = first * grid.cell_pages;
    const std::uint64_t pages = std::min(block.pages - begin, size * grid.cell_pages);
    tooltip(x + cell_ * static_cast<double>(column), y_ + cell_ * static_cast<double>(row),
            cell_ * static_cast<double>(size), cell_,
            fmt::format("{}+{:#x} to {:#x}: {}{}", printable(block.name), begin * map_.page_size(),
                        (begin + pages) * map_.page_size() - 1, forms_text(sum, pages),
                        sum.resent == 0 ? "" : "; " + again_text(sum)));
    first += size;
  }
}

void Drawing::addresses(const vm::Grid& grid) {
  // Labels at multiples of a power of two of rows, not closer than they are high.
  std::uint64_t step = 1;
  while (static_cast<double>(step) * cell_ < 28) step *= 2;
  for (std::uint64_t row = 0; row < grid.rows; row += step) {
    const double y = y_ + static_cast<double>(row) * cell_;
    if (row != 0 && static_cast<double>(grid.rows - row) * cell_ < 8) break;
    text(margin + axis - 12, y + 9, "quiet end", short_size(row * grid.row_pages() * map_.page_size()));
    rect(margin + axis - 8, y, 6, 1, R"(class="tick")");
  }
}

void Drawing::large_block(const BlockMap& block) {
  const PageBin all = vm::sum_of(block);
  const double x = margin + axis;
  const double second = x + panel_ + gutter;
  text(x, y_ + 4, "name", fmt::format("{}  {}", block.name, short_size(block.length)));
  y_ += 22;
  const vm::Grid grid = scale_.grid_of(block);
  text(x, y_ + 2, "quiet", all.sent() == 0 ? "never sent" : forms_text(all, block.pages));
  y_ += 12;
  if (all.sent() == 0) return void(y_ += 16);
  if (scale_.has_again) text(second, y_ - 10, "quiet", again_text(all));
  addresses(grid);
  cells(block, grid, x, cell_, false);
  tooltips(block, grid, x);
  if (scale_.has_again) {
    cells(block, grid, second, cell_, true);
    tooltips(block, grid, second);
  }
  y_ += cell_ * static_cast<double>(grid.rows) + 40;
}

/// A line: name, size, cells, and what was sent.
void Drawing::small_block(const BlockMap& block) {
  const PageBin all = vm::sum_of(block);
  constexpr double band = 12;
  text(margin, y_ + 11, "", fitted(printable_line(block.name), longest_name));
  text(strip_cells - 14, y_ + 11, "quiet end", short_size(block.length));
  const vm::Grid grid = scale_.grid_of(block);
  cells(block, grid, strip_cells, scale_.has_again ? band / 2 : band, false);
  if (scale_.has_again) {
    y_ += band / 2 + 1;
    cells(block, grid, strip_cells, band / 2, true);
    y_ -= band / 2 + 1;
  }
  const std::string sent = all.sent() == 0 ? "never sent" : forms_text(all, block.pages);
  const std::string again = all.resent == 0 ? "" : "; " + again_text(all);
  text(strip_cells + panel_ / 2 + 14, y_ + 11, "quiet", sent + again);
  tooltip(margin, y_, width - 2 * margin, row_height - 4,
          fmt::format("{}+0x0 to {:#x}: {}{}", printable(block.name),
                      std::max<std::uint64_t>(block.length, 1) - 1, sent, again));
  y_ += row_height;
}

void Drawing::blocks() {
  for (const BlockMap* const block : scale_.large) large_block(*block);
  if (scale_.small.empty()) return;
  text(margin, y_ + 4, "name", "Small blocks, on the same scale");
  y_ += 18;
  for (const BlockMap* const block : scale_.small) small_block(*block);
  y_ += 30;
}

void Drawing::bar(const vm::RoundTally& round, double x, double length) {
  const std::pair<std::uint64_t, Tone> parts[] = {{round.full, tone(&Palette::full)},
                                                  {round.delta, tone(&Palette::delta)},
                                                  {round.zero, tone(&Palette::zero)}};
  for (const auto& [count, colour] : parts) {
    if (count == 0) continue;
    const double part =
        std::max(1.5, length * static_cast<double>(count) / static_cast<double>(round.records()));
    rect(x, y_, part, row_height - 6, filled(colour));
    x += part;
  }
}

/// Of a single one, the figures at the top say all.
void Drawing::rounds() {
  const auto rounds = vm::join_rounds(map_.rounds(), max_round_rows);
  if (rounds.size() < 2) return;
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
  drawing.blocks();
  drawing.rounds();
  return drawing.document(title);
}

}  // namespace qember::cli
