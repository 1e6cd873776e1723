// SPDX-License-Identifier: LGPL-2.1-or-later
/// What one pass of a stream knows of a saved VM: its devices and the pages that hold anything.
#pragma once

#include "events.hpp"

#include <qember/advanced/event/section_collector.hpp>
#include <qember/advanced/vm/final_ram.hpp>

#include <algorithm>
#include <map>

namespace qember::test {

/// Pages that hold anything, by block and offset; no call crosses a page.
class Pages final : public vm::RamStore {
 public:
  explicit Pages(const event::Source& source) : source_(source) {}

  bool wants(std::uint32_t) override { return true; }
  Status write(std::uint32_t block, std::uint64_t addr, ByteView data) override {
    pages_[{block, addr}].assign(data.begin(), data.end());
    return {};
  }
  Status read(std::uint32_t block, std::uint64_t addr, MutableBytes data) override {
    std::ranges::copy(pages_.at({block, addr}), data.begin());
    return {};
  }
  Status clear(std::uint32_t block, std::uint64_t addr, std::uint64_t size) override {
    pages_.erase(pages_.lower_bound({block, addr}), pages_.lower_bound({block, addr + size}));
    return {};
  }
  /// Whether the page at that offset is this.
  bool holds(std::uint32_t block, std::uint64_t addr, ByteView page) const {
    const auto found = pages_.find({block, addr});
    if (found == pages_.end()) return std::ranges::all_of(page, [](std::uint8_t byte) { return byte == 0; });
    return std::ranges::equal(found->second, page);
  }

 private:
  const event::Source& source_;
  std::map<std::pair<std::uint32_t, std::uint64_t>, Bytes> pages_;
};

/// What one pass of a stream knows.
struct Pass {
  explicit Pass(ByteView stream)
      : opened(stream, true),
        pages(opened.source()),
        ram(opened.source(), pages, Limits::trusted()),
        collector(opened.source(), Limits::trusted(), {true, true, true}, [this](auto&& section) {
          if (section.type == event::Element::section_full) devices.push_back(std::move(section));
          return Status();
        }) {
    status = opened.each([this](const event::Event& event) {
      auto taken = ram.take(event);
      return taken ? collector.take(event) : taken;
    });
  }

  Opened opened;
  Pages pages;
  vm::FinalRam ram;
  std::vector<event::CollectedSection> devices;
  event::SectionCollector collector;
  Status status;
};

}  // namespace qember::test
