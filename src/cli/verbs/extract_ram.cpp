// SPDX-License-Identifier: LGPL-2.1-or-later
#include "extract_ram.hpp"

#include "../output.hpp"
#include "../render/style.hpp"
#include "block_file_name.hpp"

#include <qember/io/fd.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <set>

namespace qember::cli {

using event::RamBlock;
using vm::BlockTally;
using Json = nlohmann::ordered_json;

Result<std::unique_ptr<Extraction>> RamExtraction::open(const event::Context& context,
                                                        const ExtractOptions& options) {
  auto directory = io::StagedDirectory::open(*options.ram, options.force, options.file);
  if (!directory) return std::move(directory.error());
  std::unique_ptr<RamExtraction> extraction(new RamExtraction(context, options, std::move(*directory)));
  if (auto status = extraction->check_name(std::string(index_file_name)); !status)
    return std::move(status.error());
  return std::unique_ptr<Extraction>(std::move(extraction));
}

Status RamExtraction::take(const event::Event& event) {
  if (const auto* list = std::get_if<event::RamBlocks>(&event); list != nullptr && files_.empty())
    if (auto status = begin(list->blocks); !status) return status;
  return ram_.take(event);
}

/// The name in the directory of `--ram` that the core of `--elf` takes; empty where it is elsewhere.
std::string RamExtraction::name_of_core(const ExtractOptions& options) {
  if (!options.elf) return {};
  std::error_code unknown;
  const auto core = std::filesystem::weakly_canonical(*options.elf, unknown);
  const bool is_inside = core.parent_path() == std::filesystem::weakly_canonical(*options.ram, unknown);
  return is_inside ? core.filename().string() : std::string();
}

/// Of two files of one name one would take the other's place.
Status RamExtraction::check_name(const std::string& name) const {
  if (name == core_)
    return Error{Errc::usage, 0, *options_.elf, "another file than those of --ram", "one of them"};
  return directory_.check_free(name);
}

Status RamExtraction::begin(std::span<const RamBlock> blocks) {
  auto asked = vm::find_blocks(context_.session(), options_.blocks);
  if (!asked) return std::move(asked.error());
  wanted_.assign(blocks.size(), asked->empty());
  for (const std::uint32_t block : *asked) wanted_[block] = true;
  std::set<std::string> names;
  for (const RamBlock& block : blocks) {
    files_.push_back(block_file_name(block.name));
    // Long names that were made to have the same hash.
    if (!names.insert(files_.back()).second)
      return Error{Errc::bad_value, context_.offset(), context_.path(),
                   "blocks whose files have different names", block.name};
    if (!wanted_[files_.size() - 1]) continue;
    if (auto status = check_name(files_.back()); !status) return status;
  }
  return {};
}

Status RamExtraction::select(std::uint32_t block) {
  if (open_ && open_->block == block) return {};
  if (auto status = deselect(); !status) return status;
  auto descriptor = directory_.open_file(files_[block]);
  if (!descriptor) return std::move(descriptor.error());
  io::SparseFile file(descriptor->get(), directory_.path_of(files_[block]));
  open_.emplace(OpenFile{block, std::move(*descriptor), std::move(file)});
  return {};
}

Status RamExtraction::deselect() {
  if (!open_) return {};
  if (auto status = open_->file.flush(); !status) return status;
  auto status = open_->descriptor.close(directory_.path_of(files_[open_->block]));
  open_.reset();
  return status;
}

Status RamExtraction::write(std::uint32_t block, std::uint64_t addr, ByteView data) {
  if (auto status = select(block); !status) return status;
  return open_->file.write(addr, data);
}

Status RamExtraction::read(std::uint32_t block, std::uint64_t addr, MutableBytes data) {
  if (auto status = select(block); !status) return status;
  return open_->file.read(addr, data);
}

Status RamExtraction::clear(std::uint32_t block, std::uint64_t addr, std::uint64_t size) {
  if (auto status = select(block); !status) return status;
  return open_->file.clear(addr, size);
}

Status RamExtraction::give_length(std::uint32_t block) {
  if (auto status = select(block); !status) return status;
  return open_->file.resize(context_.session().blocks()[block].length);
}

Status RamExtraction::finish() {
  if (auto status = vm::check_included(ram_); !status) return status;
  std::optional<Error> absent;
  for (std::uint32_t block = 0; block < wanted_.size(); ++block) {
    if (!wanted_[block]) continue;
    const auto absence = vm::absence_of(context_.session(), ram_, block);
    if (absence) {
      absent = vm::refuse_absent(context_.session().blocks()[block], absence->reason);
      if (!options_.blocks.empty()) return *absent;
      if (absence->has_contents)
        lacking_.push_back(*absent);
      else
        say(printable_line(fmt::format("qember: {}: {}: {}", options_.file, absent->path, absent->found)) +
            "\n");
      continue;
    }
    if (auto status = give_length(block); !status) return status;
    made_.push_back(files_[block]);
  }
  if (made_.empty() && absent) return *absent;
  if (auto status = deselect(); !status) return status;
  if (auto status = write_index(); !status) return status;
  made_.emplace_back(index_file_name);
  return {};
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
  for (std::uint32_t i = 0; i < wanted_.size() && status; ++i) {
    if (!wanted_[i]) continue;
    status = put(fmt::format("{}\n    {}", before, entry_of(i)));
    before = ",";
  }
  if (status) status = put(before.empty() ? "]\n}\n" : "\n  ]\n}\n");
  if (status) status = file.flush();
  return status ? descriptor->close(directory_.path_of(index_file_name)) : status;
}

/// What the index says of a block, in lines that fit its place there.
std::string RamExtraction::entry_of(std::uint32_t i) const {
  const std::uint64_t page_size = context_.session().page_size_or_default();
  const RamBlock& block = context_.session().blocks()[i];
  const BlockTally& tally = ram_.tallies()[i];
  const auto absence = vm::absence_of(context_.session(), ram_, i);
  const std::uint64_t pages = block.length / page_size + (block.length % page_size != 0 ? 1 : 0);
  const std::uint64_t untold = pages - tally.data_pages - tally.zero_pages - tally.discarded_pages;
  const bool untold_is_zero = context_.session().mapped_ram() && !absence;
  Json entry{
      {"block", block.name}, {"file", absence ? Json(nullptr) : Json(files_[i])}, {"length", block.length}};
  if (absence) entry["absent"] = absence->reason;
  if (block.address) entry["address"] = *block.address;
  entry["page_size"] = page_size;
  entry["pages"] = {{"total", pages},
                    {"data", tally.data_pages},
                    {"zero", tally.zero_pages + (untold_is_zero ? untold : 0)},
                    {"discarded", tally.discarded_pages},
                    {"never_sent", untold_is_zero ? 0 : untold}};
  entry["records"] = {{"zero", tally.zero},
                      {"full", tally.full},
                      {"xbzrle", tally.xbzrle},
                      {"compressed", tally.compressed},
                      {"resent", tally.resent}};
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
