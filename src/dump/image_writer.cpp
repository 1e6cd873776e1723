// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/dump/image_writer.hpp>

#include <qember/advanced/vm/ram_presence.hpp>

#include <algorithm>
#include <tuple>

namespace qember::dump {

Status ImageWriter::take(const event::Event& event) {
  if (auto status = layout_.take(event); !status) return status;
  if (std::holds_alternative<event::RamBlocks>(event) && homes_.empty())
    if (auto status = begin(); !status) return status;
  return ram_.take(event);
}

Status ImageWriter::begin() {
  const auto blocks = context_.session().blocks();
  const auto early = layout_.layout();
  if (!early) return early.error();
  if (!layout_.knows_board())
    if (auto status = early->check_whole(blocks); !status) return status;
  homes_.resize(blocks.size());
  for (const vm::PlacedRam& piece : early->placed) homes_[piece.block].pieces.push_back(piece);
  for (Home& home : homes_) std::ranges::sort(home.pieces, {}, &vm::PlacedRam::offset);
  for (const vm::UnplacedRam& each : early->unplaced) {
    if (!each.is_ram) continue;
    homes_[each.block].waits_at = waiting_;
    waiting_ += blocks[each.block].length;
  }
  return {};
}

Status ImageWriter::open_waiting() {
  if (waiting_file_) return {};
  const auto descriptor = temporary_.descriptor();
  if (!descriptor) return descriptor.error();
  waiting_file_.emplace(*descriptor, "the temporary file");
  return {};
}

bool ImageWriter::wants(std::uint32_t block) {
  return block < homes_.size() && (homes_[block].waits_at || !homes_[block].pieces.empty());
}

/// As much as goes to one place, of `size` bytes from there on. The file of what waits is open.
ImageWriter::Target ImageWriter::target_of(std::uint32_t block, std::uint64_t addr, std::uint64_t size) {
  const Home& home = homes_[block];
  if (home.waits_at) return {&*waiting_file_, *home.waits_at + addr, size};
  const auto after = std::ranges::upper_bound(home.pieces, addr, {}, &vm::PlacedRam::offset);
  const vm::PlacedRam& piece = *std::prev(after);
  const std::uint64_t inside = addr - piece.offset;
  return {&file_, piece.address + inside, std::min(size, piece.size - inside)};
}

Status ImageWriter::write(std::uint32_t block, std::uint64_t addr, ByteView data) {
  if (homes_[block].waits_at)
    if (auto status = open_waiting(); !status) return status;
  while (!data.empty()) {
    const Target to = target_of(block, addr, data.size());
    if (auto status = to.file->write(to.at, data.first(static_cast<std::size_t>(to.size))); !status)
      return status;
    data = data.subspan(static_cast<std::size_t>(to.size));
    addr += to.size;
  }
  return {};
}

Status ImageWriter::read(std::uint32_t block, std::uint64_t addr, MutableBytes data) {
  if (homes_[block].waits_at)
    if (auto status = open_waiting(); !status) return status;
  while (!data.empty()) {
    const Target from = target_of(block, addr, data.size());
    if (auto status = from.file->read(from.at, data.first(static_cast<std::size_t>(from.size))); !status)
      return status;
    data = data.subspan(static_cast<std::size_t>(from.size));
    addr += from.size;
  }
  return {};
}

Status ImageWriter::clear(std::uint32_t block, std::uint64_t addr, std::uint64_t size) {
  if (homes_[block].waits_at)
    if (auto status = open_waiting(); !status) return status;
  while (size != 0) {
    const Target to = target_of(block, addr, size);
    if (auto status = to.file->clear(to.at, to.size); !status) return status;
    size -= to.size;
    addr += to.size;
  }
  return {};
}

/// Copies what is not in holes, at the cost of that. `from` has nothing collected.
Status ImageWriter::copy(io::SparseFile& from, std::uint64_t begin, std::uint64_t size, io::SparseFile& to,
                         std::uint64_t to_begin) {
  constexpr std::uint64_t at_once = std::uint64_t{256} << 10U;
  Bytes buffer(at_once);
  const std::uint64_t end = begin + size;
  for (std::uint64_t at = begin; at < end;) {
    const auto data = from.next_data(at);
    if (!data) return data.error();
    if (!*data || **data >= end) break;
    at = **data;
    const MutableBytes part =
        MutableBytes(buffer).first(static_cast<std::size_t>(std::min(at_once, end - at)));
    if (auto status = from.read(at, part); !status) return status;
    if (auto status = to.write(to_begin + (at - begin), part); !status) return status;
    at += part.size();
  }
  return {};
}

/// What lies elsewhere than was known when its pages came waits, too.
Status ImageWriter::take_back(const vm::RamLayout& layout) {
  std::vector<Home> known(homes_.size());
  for (const vm::PlacedRam& piece : layout.placed) known[piece.block].pieces.push_back(piece);
  const auto place = [](const vm::PlacedRam& piece) {
    return std::tuple(piece.offset, piece.address, piece.size);
  };
  if (auto status = file_.flush(); !status) return status;
  for (std::uint32_t block = 0; block < homes_.size(); ++block) {
    Home& home = homes_[block];
    std::ranges::sort(known[block].pieces, {}, &vm::PlacedRam::offset);
    if (home.pieces.empty() || std::ranges::equal(home.pieces, known[block].pieces, {}, place, place))
      continue;
    if (auto status = open_waiting(); !status) return status;
    home.waits_at = waiting_;
    waiting_ += context_.session().blocks()[block].length;
    for (const vm::PlacedRam& piece : home.pieces) {
      const std::uint64_t to = *home.waits_at + piece.offset;
      if (auto status = copy(file_, piece.address, piece.size, *waiting_file_, to); !status) return status;
      if (auto status = file_.clear(piece.address, piece.size); !status) return status;
    }
  }
  return waiting_file_ ? waiting_file_->flush() : Status();
}

Status ImageWriter::finish() {
  const auto layout = layout_.layout();
  if (!layout) return layout.error();
  if (auto status = layout->check_whole(context_.session().blocks()); !status) return status;
  if (layout->placed.empty()) return Error{Errc::unsupported, 0, "memory", "RAM", "a stream without any"};
  const event::Session& session = context_.session();
  if (auto status = vm::check_included(session, ram_, *layout); !status) return status;
  if (auto status = take_back(*layout); !status) return status;
  for (const vm::PlacedRam& piece : layout->placed) {
    const auto& waits_at = homes_[piece.block].waits_at;
    if (!waits_at || !waiting_file_) continue;
    auto status = copy(*waiting_file_, *waits_at + piece.offset, piece.size, file_, piece.address);
    if (!status) return status;
  }
  notices_.unsent = vm::count_unsent(session, ram_, *layout);
  for (const vm::UnplacedRam& each : layout->unplaced)
    notices_.left_out.push_back(session.blocks()[each.block].name);
  const vm::PlacedRam& last = layout->placed.back();
  if (auto status = file_.flush(); !status) return status;
  return file_.resize(last.address + last.size);
}

}  // namespace qember::dump
