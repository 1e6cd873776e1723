// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/event/session.hpp>
#include <qember/advanced/qevm/writer.hpp>

#include "../event/mapped_ram.hpp"
#include "../event/ram_records.hpp"
#include "../event/rule.hpp"

#include <algorithm>
#include <array>

namespace qember::qevm {
namespace {

/// Writes integers and counted strings into room that is large enough.
class Put {
 public:
  Put(io::Output& out, std::size_t room) : out_(out), to_(out.reserve(room)) {}
  ~Put() { out_.commit(to_); }
  Put(const Put&) = delete;
  Put& operator=(const Put&) = delete;

  template <class T>
  Put& be(T value) {
    store_be(to_, value);
    to_ += sizeof(T);
    return *this;
  }
  Put& byte(event::Element element) { return be(static_cast<std::uint8_t>(element)); }
  Put& bytes(ByteView view) {
    if (!view.empty()) std::memcpy(to_, view.data(), view.size());
    to_ += view.size();
    return *this;
  }
  Put& counted(std::string_view text) {
    return be(static_cast<std::uint8_t>(text.size())).bytes(as_bytes(text));
  }

 private:
  io::Output& out_;
  std::uint8_t* to_;
};

constexpr std::size_t room_for_name = 256;
constexpr std::size_t room_for_fields = 64;

}  // namespace

/// That a page of a mapped-ram file, which is written at its address, is in its block.
Status Writer::check_place(std::uint32_t block, std::uint64_t addr) const {
  if (!mapped_ || addr < blocks_[block].length) return {};
  return broken(event::Rule::page_within, "an address in the block", std::to_string(addr));
}

/// The native form has no place for it; only what stands by itself may say that it can be lost.
Status Writer::check_lost(const event::SchemaValue& value) const {
  if (value.may_be_lost && !in_device_) return {};
  return Error{Errc::unsupported, 0, std::string(value.name), "what QEMU's native form has room for",
               "a value of a type that the schema adds"};
}

Status Writer::take(const event::Event& event) {
  if (const auto* page = std::get_if<event::RamPage>(&event)) return take(std::span(page, 1));
  if (auto status = order_.note(event); !status) return status;
  if (const auto* stale = std::get_if<event::MappedStale>(&event))
    if (auto status = check_place(stale->block, stale->addr); !status) return status;
  if (const auto* value = std::get_if<event::SchemaValue>(&event)) return check_lost(*value);
  std::visit([this](const auto& each) { put(each); }, event);
  return {};
}

Status Writer::take(std::span<const event::RamPage> pages) {
  for (const event::RamPage& page : pages) {
    if (auto status = order_.note(page); !status) return status;
    if (auto status = check_place(page.block, page.addr); !status) return status;
    put(page);
  }
  return {};
}

void Writer::put(const event::StreamBegin& begin) {
  begin_ = out_.written();
  Put(out_, room_for_fields).be(event::magic).be(begin.version);
}

void Writer::put(const event::Configuration& configuration) {
  Put(out_, room_for_fields + configuration.machine.size())
      .byte(event::Element::configuration)
      .be(static_cast<std::uint32_t>(configuration.machine.size()))
      .bytes(configuration.machine);
  for (const event::ConfigurationSubsection& sub : configuration.subsections)
    Put(out_, room_for_name + room_for_fields + sub.payload.size())
        .byte(event::Element::subsection)
        .counted(sub.name)
        .be(sub.version)
        .bytes(sub.payload);
}

void Writer::put(const event::Command& command) {
  Put(out_, room_for_fields + command.payload.size())
      .byte(event::Element::command)
      .be(command.id)
      .be(static_cast<std::uint16_t>(command.payload.size()))
      .bytes(command.payload);
}

void Writer::put(const event::SectionBegin& section) {
  Put to(out_, room_for_name + room_for_fields);
  to.byte(section.type).be(section.id);
  if (section.type == event::Element::section_start || section.type == event::Element::section_full)
    to.counted(section.name).be(section.instance).be(section.version);
  section_ = section.id;
  in_ram_ = body_kind(section.name, section.type) == event::BodyKind::ram;
  in_device_ = !in_ram_;
}

void Writer::put(const event::RamBlocks& list) {
  blocks_.assign(list.blocks.begin(), list.blocks.end());
  Put(out_, room_for_fields).be(list.total | event::ram_flag::mem_size);
  if (!blocks_.empty() && blocks_.front().mapped) {
    put_block(blocks_.front());
    mapped_ = 0;
    bitmap_at_ = blocks_.front().mapped->bitmap_at();
    return;
  }
  for (const event::RamBlock& block : blocks_) put_block(block);
}

void Writer::put_block(const event::RamBlock& block) {
  Put to(out_, room_for_name + room_for_fields);
  to.counted(block.name).be(block.length);
  if (block.page_size) to.be(*block.page_size);
  if (block.address) to.be(*block.address);
  if (block.mapped)
    to.be(block.mapped->version)
        .be(block.mapped->page_size)
        .be(block.mapped->bitmap_offset)
        .be(block.mapped->pages_offset);
}

void Writer::pad_to(std::uint64_t position) {
  static constexpr std::array<std::uint8_t, std::size_t{256} << 10U> zeros{};
  while (this->position() < position)
    out_.borrow(ByteView(zeros).first(
        static_cast<std::size_t>(std::min<std::uint64_t>(zeros.size(), position - this->position()))));
}

/// Pads to the end of a block in a mapped-ram file, whose fields are written.
void Writer::end_block(const event::RamBlock& block) {
  if (!event::is_left_out(block)) pad_to(event::mapped_end(block, 0));
}

/// Goes on to that block of a mapped-ram file: what has not come of those before is zeros.
void Writer::seek_block(std::uint32_t block) {
  while (mapped_ && *mapped_ < block) {
    end_block(blocks_[*mapped_]);
    put_block(blocks_[++*mapped_]);
    bitmap_at_ = blocks_[*mapped_].mapped->bitmap_at();
  }
}

void Writer::end_mapped() {
  if (!mapped_) return;
  seek_block(static_cast<std::uint32_t>(blocks_.size() - 1));
  end_block(blocks_.back());
  mapped_.reset();
}

void Writer::put(const event::MappedBitmap& bitmap) {
  seek_block(bitmap.block);
  pad_to(bitmap_at_);
  out_.copy(bitmap.data);
  bitmap_at_ += bitmap.data.size();
}

void Writer::put(const event::MappedStale& stale) {
  seek_block(stale.block);
  pad_to(blocks_[stale.block].mapped->pages_at() + stale.addr);
  out_.copy(stale.data);
}

void Writer::put(const event::RamControl& control) {
  end_mapped();
  Put(out_, room_for_fields).be(control.word);
}

void Writer::put(const event::RamPage& page) {
  if (mapped_) {
    seek_block(page.block);
    pad_to(blocks_[page.block].mapped->pages_at() + page.addr);
  } else {
    Put to(out_, room_for_name + room_for_fields);
    std::uint64_t flags = page.names_block ? 0 : event::ram_flag::same_block;
    switch (page.kind) {
      case event::RamPageKind::zero: flags |= event::ram_flag::zero; break;
      case event::RamPageKind::full: flags |= event::ram_flag::page; break;
      case event::RamPageKind::xbzrle: flags |= event::ram_flag::xbzrle; break;
      case event::RamPageKind::compressed: flags |= event::ram_flag::compress_page; break;
    }
    to.be(page.addr | flags);
    if (page.names_block) to.counted(blocks_[page.block].name);
    switch (page.kind) {
      case event::RamPageKind::zero: to.be(page.fill); break;
      case event::RamPageKind::full: break;
      case event::RamPageKind::xbzrle:
        to.be(event::ram_flag::xbzrle_encoding).be(static_cast<std::uint16_t>(page.data.size()));
        break;
      case event::RamPageKind::compressed: to.be(static_cast<std::uint32_t>(page.data.size())); break;
    }
  }
  if (page.stable) {
    out_.borrow(page.data);
  } else {
    out_.copy(page.data);
  }
}

void Writer::put(const event::SectionEnd& end) {
  end_mapped();
  in_device_ = false;
  if (in_ram_) Put(out_, room_for_fields).be(event::ram_flag::eos);
  if (end.footer) Put(out_, room_for_fields).byte(event::Element::section_footer).be(section_);
}

void Writer::put(const event::Eof&) {
  Put(out_, room_for_fields).byte(event::Element::eof);
  ended_ = true;
  description();
}

void Writer::put(const event::DescriptionText& description) {
  description_ = Bytes(description.json.begin(), description.json.end());
  if (ended_) this->description();
}

void Writer::description() {
  if (!description_) return;
  Put(out_, room_for_fields)
      .byte(event::Element::description)
      .be(static_cast<std::uint32_t>(description_->size()));
  out_.keep(std::move(*description_));
  description_.reset();
}

}  // namespace qember::qevm
