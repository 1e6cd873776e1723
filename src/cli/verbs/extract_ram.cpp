// SPDX-License-Identifier: LGPL-2.1-or-later
#include "extract_ram.hpp"

#include "../output.hpp"
#include "../render/style.hpp"
#include "block_file_name.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

namespace qember::cli {

using event::RamBlock;
using Json = nlohmann::ordered_json;

Result<std::unique_ptr<Extraction>> RamExtraction::open(const vm::OpenedStream& stream,
                                                        const ExtractOptions& options) {
  auto directory = io::StagedDirectory::open(*options.ram, options.force, options.file);
  if (!directory) return std::move(directory.error());
  std::unique_ptr<RamExtraction> extraction(new RamExtraction(
      stream, options, options.place.layout_options(stream.contents()), std::move(*directory)));
  const std::string index(index_file_name);
  if (auto status = extraction->check_core(index); !status) return std::move(status.error());
  if (auto status = extraction->directory_.check_free(index); !status) return std::move(status.error());
  return std::unique_ptr<Extraction>(std::move(extraction));
}

/// The name in the directory of `--ram` that the file of another form takes; empty where it is elsewhere.
std::string RamExtraction::name_of_core(const ExtractOptions& options) {
  if (!options.elf && !options.raw) return {};
  std::error_code unknown;
  const auto core = std::filesystem::weakly_canonical(options.elf ? *options.elf : *options.raw, unknown);
  const bool is_inside = core.parent_path() == std::filesystem::weakly_canonical(*options.ram, unknown);
  return is_inside ? core.filename().string() : std::string();
}

/// Of two files of one name one would take the other's place.
Status RamExtraction::check_core(const std::string& name) const {
  if (name != core_) return {};
  return Error{Errc::usage, 0, options_.elf ? *options_.elf : *options_.raw,
               "another file than those of --ram", "one of them"};
}

Result<std::string> RamExtraction::file_name(const RamBlock& block) const {
  std::string name = block_file_name(block.name);
  if (auto status = check_core(name); !status) return std::move(status.error());
  return name;
}

Status RamExtraction::finish() {
  const auto status = files_.finish();
  tell_absent();
  if (!status) return status;
  auto layout = layout_reader_.layout();
  if (!layout) return std::move(layout.error());
  layout_ = std::move(*layout);
  std::ranges::stable_sort(layout_.placed, {}, &vm::PlacedRam::block);
  if (auto written = write_index(); !written) return written;
  for (std::uint32_t block = 0; block < context_.session().blocks().size(); ++block)
    if (files_.has_file(block)) made_.push_back(files_.name_of(block));
  made_.emplace_back(index_file_name);
  return {};
}

void RamExtraction::tell_absent() {
  for (const auto& [block, absence] : files_.absent()) {
    const Error absent = vm::refuse_absent(context_.session().blocks()[block], absence.reason);
    if (absence.has_contents)
      lacking_.push_back(absent);
    else
      say(printable_line(fmt::format("qember: {}: {}: {}", options_.file, absent.path, absent.found)) + "\n");
  }
}

/// One block at a time: there may be many, and a tree of all of them would take several times the text.
Status RamExtraction::write_index() {
  auto descriptor = directory_.open_file(index_file_name);
  if (!descriptor) return std::move(descriptor.error());
  io::SparseFile file(descriptor->get(), directory_.path_of(index_file_name));
  std::uint64_t at = 0;
  const auto put = [&](const std::string& text) {
    auto status = file.write(at, as_bytes(text));
    at += text.size();
    return status;
  };
  auto status = put(fmt::format("{{\n  \"schema\": 1,\n  \"page_size\": {},\n  \"blocks\": [",
                                context_.session().page_size_or_default()));
  std::string_view before = "";
  for (std::uint32_t i = 0; i < context_.session().blocks().size() && status; ++i) {
    if (!files_.selects(i)) continue;
    status = put(fmt::format("{}\n    {}", before, entry_of(i)));
    before = ",";
  }
  if (status) status = put(before.empty() ? "]\n}\n" : "\n  ]\n}\n");
  if (status) status = file.flush();
  return status ? descriptor->close(directory_.path_of(index_file_name)) : status;
}

/// What the index says of a block, in lines that fit its place there.
std::string RamExtraction::entry_of(std::uint32_t i) const {
  const event::Session& session = context_.session();
  const RamBlock& block = session.blocks()[i];
  const vm::BlockTally& tally = files_.ram().tallies()[i];
  const auto absence = vm::absence_of(session, files_.ram(), i);
  const auto pages = vm::count_pages(session, files_.ram(), i);
  Json entry{{"block", block.name},
             {"file", absence ? Json(nullptr) : Json(files_.name_of(i))},
             {"length", block.length}};
  if (absence) entry["absent"] = absence->reason;
  if (block.address) entry["address"] = *block.address;
  entry["page_size"] = session.page_size_or_default();
  entry["pages"] = {{"total", pages.total},
                    {"data", pages.data},
                    {"zero", pages.zero},
                    {"discarded", pages.discarded},
                    {"never_sent", pages.never_sent}};
  entry["records"] = {{"zero", tally.zero},
                      {"full", tally.full},
                      {"xbzrle", tally.xbzrle},
                      {"compressed", tally.compressed},
                      {"resent", tally.resent}};
  Json places = Json::array();
  for (const vm::PlacedRam& piece : std::ranges::equal_range(layout_.placed, i, {}, &vm::PlacedRam::block))
    places.push_back({{"offset", piece.offset},
                      {"address", piece.address},
                      {"size", piece.size},
                      {"source", name_of(piece.source)}});
  entry["places"] = std::move(places);
  // Names in a stream need not be UTF-8, nor what a terminal should get.
  const std::string text = entry.dump(2, ' ', true, Json::error_handler_t::replace);
  std::string lines;
  for (const char c : text) {
    lines += c;
    if (c == '\n') lines += "    ";
  }
  return lines;
}

}  // namespace qember::cli
