// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cut.hpp"

#include <qember/advanced/qevm/reader.hpp>
#include <qember/advanced/qevm/writer.hpp>

#include <deque>

namespace qember::test {
namespace {

/// A PART of no pages is of no use; the first one stays.
class Filter {
 public:
  Filter(qevm::Writer& writer, std::uint64_t begin, std::uint64_t end)
      : writer_(writer), begin_(begin), end_(end) {}

  void take(const event::Event& event) {
    if (const auto* section = std::get_if<event::SectionBegin>(&event)) {
      name_ = section->name;
      waiting_ = *section;
      waiting_->name = name_;
      if (section->type != event::Element::section_part || !std::exchange(seen_empty_, true)) begin();
      return;
    }
    if (const auto* page = std::get_if<event::RamPage>(&event)) return take(*page);
    if (std::holds_alternative<event::SectionEnd>(event) && waiting_) return waiting_.reset();
    begin();
    writer_.take(event).or_throw();
  }

 private:
  void take(event::RamPage page) {
    if (page.addr < begin_ || page.addr >= end_) return;
    begin();
    page.names_block = page.block != last_block_;
    last_block_ = page.block;
    writer_.take(page).or_throw();
  }
  void begin() {
    if (waiting_) writer_.take(*waiting_).or_throw();
    waiting_.reset();
  }

  qevm::Writer& writer_;
  std::uint64_t begin_;
  std::uint64_t end_;
  std::string name_;
  std::optional<event::SectionBegin> waiting_;
  std::optional<std::uint32_t> last_block_;
  bool seen_empty_ = false;
};

}  // namespace

Bytes cut_pages(ByteView native, std::uint64_t begin, std::uint64_t end) {
  auto input = io::Input::over(native);
  qevm::Reader reader(input);
  io::Output output;
  qevm::Writer writer(output);
  Filter filter(writer, begin, end);
  for (bool ends = false; !ends;) {
    const auto event = reader.next();
    if (!event) return {};
    filter.take(*event);
    ends = std::holds_alternative<event::StreamEnd>(*event);
  }
  Bytes out;
  for (const iovec& piece : output.pieces()) {
    const auto* const from = static_cast<const std::uint8_t*>(piece.iov_base);
    out.insert(out.end(), from, from + piece.iov_len);
  }
  return out;
}

}  // namespace qember::test
