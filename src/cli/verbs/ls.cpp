// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../common_options.hpp"
#include "../output.hpp"
#include "../render/style.hpp"
#include "verbs.hpp"

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
std::vector<Line> lines_of(std::span<const vm::ListedBlock> blocks,
                           std::span<const vm::ListedSection> sections, const std::string& order) {
  std::vector<Line> lines;
  for (const auto& block : blocks) lines.push_back({&block, nullptr});
  for (const auto& section : sections) lines.push_back({nullptr, &section});
  if (order == "size") std::ranges::stable_sort(lines, std::ranges::greater(), &Line::size);
  if (order == "name") std::ranges::stable_sort(lines, {}, &Line::name);
  return lines;
}

std::string state_of(const vm::ListedSection& section) {
  if (section.parts != 0) return counted(section.parts, "part");
  return section.reason.empty() ? "typed" : "blob";
}

void print(Lines& out, const Line& line, const Style& style) {
  const bool is_block = line.block != nullptr;
  const std::string place = is_block ? "" : fmt::format("{:#x}", line.section->offset);
  const std::string state = is_block ? counted(line.block->records, "page") : state_of(*line.section);
  out.write(fmt::format("{:<7} {:>14}  {:>11}  {:<12}  {}\n", is_block ? "block" : "section",
                        grouped(line.size()), place, state,
                        style.paint(Paint::bold, printable(line.name()))));
  if (!is_block && !line.section->reason.empty())
    out.write(fmt::format("{:8}{}\n", "", style.paint(Paint::yellow, printable(line.section->reason))));
}

Json json_of_line(const Line& line) {
  if (line.block != nullptr) {
    Json json{{"record", "block"},
              {"name", printable(line.block->block.name)},
              {"size", line.block->block.length},
              {"page_records", line.block->records},
              {"bytes_sent", line.block->size}};
    if (line.block->block.address) json["address"] = *line.block->block.address;
    return json;
  }
  const vm::ListedSection& section = *line.section;
  Json json{{"record", "section"},
            {"name", printable(section.name)},
            {"instance", section.instance},
            {"version", section.version},
            {"offset", section.offset},
            {"size", section.size},
            {"typed", section.reason.empty() && section.parts == 0}};
  if (section.parts != 0) json["parts"] = section.parts;
  if (!section.reason.empty()) json["reason"] = printable(section.reason);
  return json;
}

int ls(const LsOptions& options) {
  const vm::StreamOptions stream_options = options.read.stream_options();
  auto stream = open_stream(options.file, stream_options);
  if (!stream) return fail(options.file, stream.error());
  const Place place(options.file, **stream);
  vm::Listing listing(**stream, stream_options.limits);
  const Status status = event::pump(**stream, listing);
  if (!status) listing.finish();
  Lines out;
  const Style style = options.color.style();
  if (options.json)
    out.write("{\"record\":\"stream\",\"schema\":1}\n");
  else
    out.write(style.paint(Paint::dim,
                          fmt::format("{:<7} {:>14}  {:>11}  {:<12}  {}", "", "bytes", "at", "", "name")) +
              "\n");
  const auto sections = listing.sections();
  for (const Line& line : lines_of(listing.blocks(), sections, options.sort)) {
    if (options.json)
      out.write(json_of_line(line).dump() + "\n");
    else
      print(out, line, style);
  }
  const ExitCode written = out.finish(exit_ok);
  return status ? written : worse(written, fail(place, status.error()));
}

}  // namespace

void add_ls(CLI::App& app, Action& action) {
  auto* verb =
      app.add_subcommand("ls", "A line for each RAM block and each section: size, place, typed or not");
  auto options = std::make_shared<LsOptions>();
  verb->add_option("FILE", options->file, "The stream; - is standard input")->required();
  add_choice(*verb, "--sort", options->sort, {"place", "size", "name"},
             "In the order of the stream, largest first, or by name");
  verb->add_flag("--json", options->json, "A JSON object a line");
  options->color.add_to(*verb);
  options->read.add_to(*verb);
  verb->callback([&action, options] { action = [options] { return ls(*options); }; });
}

}  // namespace qember::cli
