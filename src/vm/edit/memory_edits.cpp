// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memory_edits.hpp"

#include <qember/advanced/vm/selector.hpp>

#include "../../event/inflate.hpp"
#include "../../ram/xbzrle.hpp"
#include "refusal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::vm {

MemoryEdits::MemoryEdits(std::span<const Edit> edits, const Limits& limits) : limits_(limits) {
  for (const Edit& each : edits)
    if (const auto* memory = std::get_if<SetMemory>(&each)) edits_.push_back(memory);
}

Status MemoryEdits::begin(std::span<const event::RamBlock> blocks) {
  for (const SetMemory* edit : edits_) {
    const auto place = parse_place(edit->where, blocks);
    if (!place) return place.error();
    if (!place->block) return refuse_edit("memory", "BLOCK+OFFSET", edit->where);
    const std::uint64_t length = blocks[*place->block].length;
    if (place->address > length || edit->bytes.size() > length - place->address)
      return refuse_edit("memory", fmt::format("a place within {:#x} bytes", length), edit->where);
    ranges_.push_back({edit, *place->block, place->address});
    cover(ranges_.back());
  }
  return {};
}

void MemoryEdits::cover(const Range& range) {
  std::uint64_t begin = range.begin;
  std::uint64_t end = range.end();
  auto span = spans_.lower_bound({range.block, begin});
  if (span != spans_.begin()) {
    const auto before = std::prev(span);
    if (before->first.first == range.block && before->second >= begin) span = before;
  }
  while (span != spans_.end() && span->first.first == range.block && span->first.second <= end) {
    begin = std::min(begin, span->first.second);
    end = std::max(end, span->second);
    span = spans_.erase(span);
  }
  spans_[{range.block, begin}] = end;
}

bool MemoryEdits::meets(const event::RamPage& page, std::uint64_t size) const {
  const auto behind = spans_.lower_bound({page.block, page.addr + size});
  if (behind == spans_.begin()) return false;
  const auto span = std::prev(behind);
  return span->first.first == page.block && span->second > page.addr;
}

/// The page after that record.
Status MemoryEdits::read(const event::RamPage& page, std::uint64_t size, Bytes& content) {
  switch (page.kind) {
    case event::RamPageKind::zero: content.assign(static_cast<std::size_t>(size), page.fill); return {};
    case event::RamPageKind::full: content.assign(page.data.begin(), page.data.end()); return {};
    case event::RamPageKind::xbzrle:
      if (!content.empty()) return ram::xbzrle_apply(page.data, content);
      return Error{Errc::bad_delta, 0, {}, "a page that was sent before its delta", "none"};
    case event::RamPageKind::compressed:
      content.resize(static_cast<std::size_t>(size));
      return event::inflate(page.data, content);
  }
  return {};
}

Status MemoryEdits::apply(const event::Context& context, event::RamPage& page) {
  const std::uint64_t size = page_size_ = context.session().page_size_or_default();
  if (!meets(page, size)) return {};
  Bytes& content = pages_[{page.block, page.addr}];
  if (content.empty()) held_ += static_cast<std::size_t>(size);
  if (held_ > limits_.max_held)
    return Error{Errc::limit, context.offset(), context.path(),
                 fmt::format("max_held: pages to edit of at most {} bytes", limits_.max_held), "more"};
  if (auto status = read(page, size, content); !status) {
    status.error().offset = context.offset();
    return std::move(status.error()).within(context.path());
  }
  Bytes& made = given_.emplace_back(content);
  for (const Range& range : ranges_) {
    if (range.block != page.block) continue;
    const std::uint64_t begin = std::max(range.begin, page.addr);
    const std::uint64_t end = std::min(range.end(), page.addr + size);
    if (begin >= end) continue;
    const auto from = range.edit->bytes.begin() + static_cast<std::ptrdiff_t>(begin - range.begin);
    std::copy(from, from + static_cast<std::ptrdiff_t>(end - begin),
              made.begin() + static_cast<std::ptrdiff_t>(begin - page.addr));
  }
  page.kind = event::RamPageKind::full;
  page.data = made;
  page.stable = false;
  return {};
}

Status MemoryEdits::missed() const {
  if (!empty() && ranges_.empty()) return refuse_edit("memory", "RAM blocks", "none");
  for (const Range& range : ranges_) {
    const std::uint64_t size = std::max<std::uint64_t>(page_size_, 1);
    for (std::uint64_t at = range.begin / size * size; at < range.end(); at += size)
      if (page_size_ == 0 || !pages_.contains({range.block, at}))
        return refuse_edit("memory", "pages in the stream for all of " + range.edit->where, "none");
  }
  return {};
}

}  // namespace qember::vm
