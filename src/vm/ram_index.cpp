// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/ram_index.hpp>

#include <qember/advanced/vm/block_file_name.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace qember::vm {
namespace {

using Json = nlohmann::ordered_json;

/// What the index says of a block, in lines that fit its place there.
/// `layout`: in the order of its blocks.
std::string entry_of(const event::Session& session, const RamFiles& files, const RamLayout& layout,
                     std::uint32_t i) {
  const event::RamBlock& block = session.blocks()[i];
  const BlockTally& tally = files.ram().tallies()[i];
  const auto absence = absence_of(session, files.ram(), i);
  const auto pages = count_pages(session, files.ram(), i);
  Json entry{{"block", block.name},
             {"file", absence ? Json(nullptr) : Json(files.name_of(i))},
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
  auto piece = std::ranges::lower_bound(layout.placed, i, {}, &PlacedRam::block);
  for (; piece != layout.placed.end() && piece->block == i; ++piece)
    places.push_back({{"offset", piece->offset},
                      {"address", piece->address},
                      {"size", piece->size},
                      {"source", name_of(piece->source)}});
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

}  // namespace

Status write_ram_index(const event::Session& session, const RamFiles& files, RamLayout layout,
                       io::StagedDirectory& directory) {
  std::ranges::stable_sort(layout.placed, {}, &PlacedRam::block);
  auto descriptor = directory.open_file(index_file_name);
  if (!descriptor) return std::move(descriptor.error());
  io::SparseFile file(descriptor->get(), directory.path_of(index_file_name));
  std::uint64_t at = 0;
  const auto put = [&](const std::string& text) {
    auto status = file.write(at, as_bytes(text));
    at += text.size();
    return status;
  };
  auto status = put(fmt::format("{{\n  \"schema\": 1,\n  \"page_size\": {},\n  \"blocks\": [",
                                session.page_size_or_default()));
  // One block at a time: there may be many, and a tree of all of them would take several times the text.
  std::string_view before;
  for (std::uint32_t i = 0; i < session.blocks().size() && status; ++i) {
    if (!files.selects(i)) continue;
    status = put(fmt::format("{}\n    {}", before, entry_of(session, files, layout, i)));
    before = ",";
  }
  if (status) status = put(before.empty() ? "]\n}\n" : "\n  ]\n}\n");
  if (status) status = file.flush();
  return status ? descriptor->close(directory.path_of(index_file_name)) : status;
}

}  // namespace qember::vm
