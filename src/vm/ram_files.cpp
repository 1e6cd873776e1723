// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/ram_files.hpp>

#include <set>

namespace qember::vm {

Status RamFiles::take(const event::Event& event) {
  if (const auto* list = std::get_if<event::RamBlocks>(&event); list != nullptr && names_.empty())
    if (auto status = begin(list->blocks); !status) return status;
  return ram_.take(event);
}

Status RamFiles::begin(std::span<const event::RamBlock> blocks) {
  auto asked = find_blocks(context_.session(), options_.blocks);
  if (!asked) return std::move(asked.error());
  std::vector<bool> is_asked(blocks.size(), asked->empty());
  for (const std::uint32_t block : *asked) is_asked[block] = true;
  std::vector<std::string> names(blocks.size());
  std::set<std::string_view> taken;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (!is_asked[i]) continue;
    auto name = options_.file_name(blocks[i]);
    if (!name) return std::move(name.error());
    names[i] = std::move(*name);
    if (!taken.insert(names[i]).second)
      return Error{Errc::bad_value, context_.offset(), context_.path(),
                   "blocks whose files have different names", blocks[i].name};
    if (auto status = directory_.check_free(names[i]); !status) return status;
  }
  names_ = std::move(names);
  return {};
}

Status RamFiles::open(std::uint32_t block) {
  if (open_ && open_->block == block) return {};
  if (auto status = close(); !status) return status;
  auto descriptor = directory_.open_file(names_[block]);
  if (!descriptor) return std::move(descriptor.error());
  io::SparseFile file(descriptor->get(), directory_.path_of(names_[block]));
  open_.emplace(OpenFile{block, std::move(*descriptor), std::move(file)});
  return {};
}

Status RamFiles::close() {
  if (!open_) return {};
  if (auto status = open_->file.flush(); !status) return status;
  auto status = open_->descriptor.close(directory_.path_of(names_[open_->block]));
  open_.reset();
  return status;
}

Status RamFiles::write(std::uint32_t block, std::uint64_t addr, ByteView data) {
  if (auto status = open(block); !status) return status;
  return open_->file.write(addr, data);
}

Status RamFiles::read(std::uint32_t block, std::uint64_t addr, MutableBytes data) {
  if (auto status = open(block); !status) return status;
  return open_->file.read(addr, data);
}

Status RamFiles::clear(std::uint32_t block, std::uint64_t addr, std::uint64_t size) {
  if (auto status = open(block); !status) return status;
  return open_->file.clear(addr, size);
}

Status RamFiles::complete(std::uint32_t block) {
  if (auto status = open(block); !status) return status;
  return open_->file.resize(context_.session().blocks()[block].length);
}

Status RamFiles::finish() {
  if (auto status = check_included(ram_); !status) return status;
  const auto blocks = context_.session().blocks();
  bool has_file = false;
  for (std::uint32_t block = 0; block < names_.size(); ++block) {
    if (!selects(block)) continue;
    if (const auto absence = absence_of(context_.session(), ram_, block)) {
      if (!options_.blocks.empty()) return refuse_absent(blocks[block], absence->reason);
      absent_.push_back({block, *absence});
      continue;
    }
    if (auto status = complete(block); !status) return status;
    has_file = true;
  }
  if (!has_file && !absent_.empty())
    return refuse_absent(blocks[absent_.back().block], absent_.back().absence.reason);
  return close();
}

}  // namespace qember::vm
