// SPDX-License-Identifier: LGPL-2.1-or-later
#include "asn1c_peer.hpp"
#include "benchmarks.hpp"
#include "duel.hpp"
#include "ram/place.hpp"

#include <qember/advanced/event/session.hpp>
#include <qember/advanced/live/ram_receiver.hpp>
#include <qember/advanced/live/ram_sender.hpp>
#include <qember/advanced/qber/section_reader.hpp>
#include <qember/advanced/qber/section_writer.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>

namespace qember::bench {
namespace {

/// Memory of a guest, as it would be there: each block at a page's begin, every page of it touched.
class Guest {
 public:
  explicit Guest(const std::vector<Block>& blocks) {
    for (const Block& block : blocks) {
      constexpr std::align_val_t page{4096};
      memory_.emplace_back(static_cast<std::uint8_t*>(::operator new(block.length, page)));
      blocks_.emplace_back(memory_.back().get(), block.length);
      std::ranges::fill(blocks_.back(), std::uint8_t{1});
    }
  }
  MutableBytes operator[](std::size_t block) const { return blocks_[block]; }

 private:
  struct Free {
    void operator()(std::uint8_t* memory) const { ::operator delete(memory, std::align_val_t{4096}); }
  };
  std::vector<std::unique_ptr<std::uint8_t, Free>> memory_;
  std::vector<MutableBytes> blocks_;
};

/// Calls `take(block, page)` for each page, which are parsed that many at once; every tag, length, address
/// and order is checked.
template <std::size_t batch, class Take>
void walk(const Material& material, const Take& take) {
  io::Input input = io::Input::over(material.ber_bytes);
  qber::SectionReader reader(input, Limits::trusted());
  std::array<ram::PageView, batch> pages;
  std::size_t block = 0;
  const auto checked = [&](const ram::PageView& page) {
    if (page.addr >= material.blocks[block].length || (page.addr & (material.page_size - 1)) != 0)
      throw std::runtime_error("a page outside its block");
    take(block, page);
  };
  for (;;) {
    const std::size_t count = reader.peek_pages(pages);
    reader.take_pages(count);
    for (std::size_t i = 0; i < count; ++i) checked(pages[i]);
    if (count != 0) continue;
    const auto event = reader.next();
    if (!event) throw std::runtime_error(event.error().path);
    if (const auto* page = std::get_if<ram::PageView>(&*event)) checked(*page);
    if (const auto* begin = std::get_if<qber::RamBlockBegin>(&*event)) block = material.block(begin->name);
    if (std::holds_alternative<qber::InputEnd>(*event)) return;
  }
}

/// Those that came whole, out of the stream.
void copy_pages(const Material& material, const Guest& guest) {
  for (const Page& page : material.pages)
    if (page.view.kind == ram::PageKind::full)
      std::memcpy(guest[page.block].data() + page.view.addr, page.view.data.data(), page.view.data.size());
  benchmark::ClobberMemory();
}

/// Those and the ones of zeros.
void copy_and_clear_pages(const Material& material, const Guest& guest) {
  for (const Page& page : material.pages) {
    std::uint8_t* const to = guest[page.block].data() + page.view.addr;
    if (page.view.kind == ram::PageKind::full) std::memcpy(to, page.view.data.data(), page.view.data.size());
    if (page.view.kind == ram::PageKind::zero) std::memset(to, 0, material.page_size);
  }
  benchmark::ClobberMemory();
}

/// Those that came whole and those of zeros, as a VMM's first round: none are in its cache.
void send_pages(const Material& material) {
  static const Bytes zeros(event::max_page_size);
  constexpr std::size_t iovecs = 1024;  // IOV_MAX
  live::SenderOptions options{.page_size = material.page_size};
  for (const Block& block : material.blocks) options.blocks.push_back({block.name, block.length, {}, {}, {}});
  io::Output output;
  live::RamSender sender(output, std::move(options));
  sender.begin_round().or_throw();
  for (const Page& page : material.pages) {
    if (page.view.kind == ram::PageKind::xbzrle) continue;
    const bool is_full = page.view.kind == ram::PageKind::full;
    sender
        .page(static_cast<std::uint32_t>(page.block), page.view.addr,
              is_full ? page.view.data : ByteView(zeros).first(material.page_size))
        .or_throw();
    if (output.pieces().size() >= iovecs) output.clear();
  }
  sender.end_round().or_throw();
}

}  // namespace

void add_pages(const Material& material) {
  const auto count = static_cast<double>(material.pages.size());
  // Beyond that asn1c's copy does not fit into memory beside the rest.
  const bool with_asn1c = material.ber_size < std::uint64_t{2} << 30U;
  const ByteView ber = material.ber_bytes;

  const auto walk_all = [&material] {
    std::uint64_t sum = 0;
    walk<64>(material, [&sum](std::size_t, const ram::PageView& page) { sum += page.addr; });
    benchmark::DoNotOptimize(sum);
  };
  const auto last = std::make_shared<Asn1cFile>();
  if (with_asn1c)
    add({.name = "pages/walk",
         .work = "walk every page, fully checked",
         .against = "asn1c decode",
         .goal = 25,
         .pages = count,
         .ours = timed(walk_all),
         .theirs = timed([ber, last] { *last = Asn1cFile(ber); }),
         .after = [last] { *last = Asn1cFile(); }});

  const auto guest = std::make_shared<const Guest>(material.blocks);
  add({.name = "pages/decode",
       .work = "decode pages into guest memory",
       .against = "memcpy of the same pages",
       .goal = 0.95,
       .pages = count,
       .ours = timed([&material, guest] {
         walk<1>(material, [&](std::size_t block, const ram::PageView& page) {
           if (page.kind == ram::PageKind::full) ram::place(page.data, (*guest)[block].data() + page.addr);
         });
         ram::placed();
         benchmark::ClobberMemory();
       }),
       .theirs = timed([&material, guest] { copy_pages(material, *guest); })});

  // What a VMM does: deltas too, which the peer leaves out.
  add({.name = "pages/receive",
       .work = "RamReceiver into guest memory",
       .against = "memcpy and memset of the same pages",
       .goal = 1,
       .pages = count,
       .ours = timed([&material, guest] {
         live::Regions regions;
         for (std::size_t i = 0; i < material.blocks.size(); ++i)
           regions[material.blocks[i].name] = (*guest)[i];
         io::Input input = io::Input::over(material.ber_bytes);
         live::RamReceiver receiver(input, std::move(regions), Limits::trusted());
         receiver.receive().or_throw();
         benchmark::ClobberMemory();
       }),
       .theirs = timed([&material, guest] { copy_and_clear_pages(material, *guest); })});

  add({.name = "pages/send",
       .work = "RamSender for gather output",
       .against = "memcpy of the same pages",
       .pages = count,
       .ours = timed([&material] { send_pages(material); }),
       .theirs = timed([&material, guest] { copy_pages(material, *guest); })});

  // The same buffer for both, so that both find it alike.
  const auto buffer = std::make_shared<Bytes>(material.ber_size, std::uint8_t{1});
  add({.name = "pages/encode_buffer",
       .work = "encode pages into one buffer",
       .against = "memcpy of the same pages",
       .goal = 0.90,
       .pages = count,
       .ours = timed([&material, buffer] {
         std::uint8_t* to = buffer->data();
         for (const Page& page : material.pages) {
           to = ram::put_page(to, page.view);
           if (!page.view.data.empty()) std::memcpy(to, page.view.data.data(), page.view.data.size());
           to += page.view.data.size();
         }
         benchmark::ClobberMemory();
       }),
       .theirs = timed([&material, buffer] {
         std::uint8_t* to = buffer->data();
         for (const Page& page : material.pages) {
           if (!page.view.data.empty()) std::memcpy(to, page.view.data.data(), page.view.data.size());
           to += page.view.data.size();
         }
         benchmark::ClobberMemory();
       })});

  const auto file = with_asn1c ? std::make_shared<Asn1cFile>(ber) : nullptr;
  if (with_asn1c)
    add({.name = "pages/encode_gather",
         .work = "encode pages for gather output",
         .against = "asn1c encode",
         .goal = 20,
         .pages = count,
         .ours = timed([&material, output = std::make_shared<io::Output>()] {
           constexpr std::size_t iovecs = 1024;  // IOV_MAX
           qber::SectionWriter writer(*output);
           writer.begin_file();
           writer.begin_ram(2);
           writer.begin_block("ram");
           for (const Page& page : material.pages) {
             writer.page(page.view);
             if (output->pieces().size() >= iovecs) output->clear();
           }
           writer.end_ram();
           writer.end_file().or_throw();
           output->clear();
         }),
         .theirs = timed([file] { benchmark::DoNotOptimize(file->encode()); })});
}

void print_sizes(const Material& material) {
  std::printf("\n%zu pages, %llu bytes in them: %.2f bytes more a page; native %llu, BER %llu\n",
              material.pages.size(), static_cast<unsigned long long>(material.page_bytes),
              static_cast<double>(material.page_overhead) / static_cast<double>(material.pages.size()),
              static_cast<unsigned long long>(material.native_size),
              static_cast<unsigned long long>(material.ber_size));
}

}  // namespace qember::bench
