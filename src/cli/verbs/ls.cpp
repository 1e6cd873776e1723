// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../input_files.hpp"
#include "../output.hpp"
#include "../render/pager.hpp"
#include "../render/style.hpp"
#include "verb.hpp"

#include <qember/advanced/event/pump.hpp>
#include <qember/advanced/vm/listing.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace qember::cli {
namespace {

using Json = nlohmann::ordered_json;

struct LsOptions {
  std::string file;
  std::string sort = "place";
  bool count = false;
  bool json = false;
  ColorOption color;
  ReadOptions read;
};

/// One of either kind.
struct Line {
  const vm::ListedBlock* block = nullptr;
  const vm::ListedSection* section = nullptr;

  std::uint64_t size() const { return block != nullptr ? block->block.length : section->size; }
  std::string name() const {
    return block != nullptr ? block->block.name : fmt::format("{}/{}", section->name, section->instance);
  }
};

/// Blocks in the order of their list, then sections in that of the stream, or as was asked for.
std::vector<Line> lines_of(const vm::ListedStream& listed, const std::string& order) {
  std::vector<Line> lines;
  lines.reserve(listed.blocks.size() + listed.sections.size());
  for (const auto& block : listed.blocks) lines.push_back({&block, nullptr});
  for (const auto& section : listed.sections) lines.push_back({nullptr, &section});
  if (order == "size") std::ranges::stable_sort(lines, std::ranges::greater(), &Line::size);
  if (order == "name") std::ranges::stable_sort(lines, {}, &Line::name);
  return lines;
}

std::string state_of(const vm::ListedSection& section, bool is_counted) {
  if (section.parts != 0) return is_counted ? counted(section.parts, "part") : "in parts";
  return section.reason.empty() ? "typed" : "blob";
}

/// Of RAM it is known where it was counted.
std::string size_of(const Line& line, bool is_counted) {
  const bool is_known = is_counted || line.block != nullptr || line.section->parts == 0;
  return is_known ? grouped(line.size()) : "";
}

/// What stands before a name.
struct Columns {
  std::string kind, size, place, state;

  Columns(std::string size, std::string place) : size(std::move(size)), place(std::move(place)) {}
  Columns(const Line& line, bool is_counted) : kind("block"), size(size_of(line, is_counted)) {
    if (line.block != nullptr) {
      if (is_counted) state = counted(line.block->sent.records(), "page");
      return;
    }
    kind = "section";
    place = fmt::format("{:#x}", line.section->offset);
    state = state_of(*line.section, is_counted);
  }
  /// Each as wide as it has to be in any line.
  void widen(const Columns& other) {
    for (const auto column : {&Columns::kind, &Columns::size, &Columns::place, &Columns::state})
      if ((this->*column).size() < (other.*column).size()) this->*column = other.*column;
  }
  std::string text(const Columns& widths) const {
    return fmt::format("{:<{}}  {:>{}}  {:>{}}  {:<{}}  ", kind, widths.kind.size(), size, widths.size.size(),
                       place, widths.place.size(), state, widths.state.size());
  }
};

void print_lines(Lines& out, std::span<const Line> lines, bool is_counted, const Style& style) {
  const Columns head("bytes", "at");
  Columns widths = head;
  for (const Line& line : lines) widths.widen(Columns(line, is_counted));
  out.write(style.paint(Paint::dim, head.text(widths) + "name") + '\n');
  for (const Line& line : lines) {
    out.write(Columns(line, is_counted).text(widths) + style.paint(Paint::bold, printable(line.name())) +
              '\n');
    if (line.section != nullptr && !line.section->reason.empty())
      out.write(fmt::format("{:8}{}\n", "", style.paint(Paint::yellow, printable(line.section->reason))));
  }
}

Json json_of_line(const Line& line, bool is_counted) {
  if (line.block != nullptr) {
    Json json{
        {"record", "block"}, {"name", printable(line.block->block.name)}, {"size", line.block->block.length}};
    if (is_counted) {
      json["page_records"] = line.block->sent.records();
      json["bytes_sent"] = line.block->sent.bytes;
    }
    if (line.block->block.address) json["address"] = *line.block->block.address;
    return json;
  }
  const vm::ListedSection& section = *line.section;
  Json json{{"record", "section"},
            {"name", printable(section.name)},
            {"instance", section.instance},
            {"version", section.version},
            {"offset", section.offset},
            {"typed", section.reason.empty() && section.parts == 0},
            {"iterative", section.parts != 0}};
  if (is_counted || section.parts == 0) json["size"] = section.size;
  if (is_counted && section.parts != 0) json["parts"] = section.parts;
  if (!section.reason.empty()) json["reason"] = printable(section.reason);
  return json;
}

void print_all(Lines& out, const vm::ListedStream& listed, const LsOptions& options) {
  const std::vector<Line> lines = lines_of(listed, options.sort);
  if (!options.json) return print_lines(out, lines, options.count, options.color.style());
  out.write("{\"record\":\"stream\",\"schema\":1}\n");
  for (const Line& line : lines) out.write(json_of_line(line, options.count).dump() + "\n");
}

/// From the begin and the end of a file, where nothing is counted and that can be.
std::optional<vm::ListedStream> list_without_pages(const LsOptions& options) {
  const auto vm = options.count ? std::nullopt : open_one_file(options.file, options.read);
  return vm ? vm::list_from_end(*vm) : std::nullopt;
}

int ls(const LsOptions& options) {
  if (auto status = check_files(options.read.inputs(options.file)); !status)
    return fail("ls", status.error());
  const vm::StreamOptions stream_options = options.read.stream_options();
  Place place(options.file);
  auto stream = open_stream(place, stream_options);
  if (!stream) return fail(place, stream.error());
  Lines out(!options.json);
  if (const auto listed = list_without_pages(options)) {
    print_all(out, *listed, options);
    return out.finish(exit_ok);
  }
  vm::Listing listing(**stream, stream_options.limits);
  const Status status = event::pump(**stream, listing);
  if (!status) listing.finish();
  print_all(out, listing.listed(), options);
  const ExitCode written = out.finish(exit_ok);
  return status ? written : worse(written, fail(place, status.error()));
}

}  // namespace

void add_ls(CLI::App& app, Action& action) {
  auto [verb, options] = add_verb(
      app, action, "ls", "A line for each RAM block and each section: size, place, typed or not", ls);
  add_file(verb, options.file);
  add_choice(verb, "--sort", options.sort, {"place", "size", "name"},
             "In the order of the stream, largest first, or by name");
  verb.add_flag("--count", options.count,
                "Read all of the stream, and count the pages of blocks and the parts and bytes of RAM");
  verb.add_flag("--json", options.json, "A JSON object a line");
  options.color.add_to(verb);
  add_pager(verb);
  options.read.add_to(verb);
}

}  // namespace qember::cli
