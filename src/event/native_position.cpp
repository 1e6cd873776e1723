// SPDX-License-Identifier: LGPL-2.1-or-later
#include "native_position.hpp"

#include <qember/advanced/event/session.hpp>

#include "mapped_ram.hpp"

namespace qember::event {
namespace {

constexpr std::size_t u8 = 1;
constexpr std::size_t be16 = 2;
constexpr std::size_t be32 = 4;
constexpr std::size_t be64 = 8;

std::size_t size_of(const Configuration& configuration) {
  std::size_t size = u8 + be32 + configuration.machine.size();
  for (const ConfigurationSubsection& sub : configuration.subsections)
    size += u8 + u8 + sub.name.size() + be32 + sub.payload.size();
  return size;
}

std::size_t size_of(const SectionBegin& section) {
  const bool is_named = section.type == Element::section_start || section.type == Element::section_full;
  return u8 + be32 + (is_named ? u8 + section.name.size() + be32 + be32 : 0);
}

/// What stands between a page's address and its data.
std::size_t fields_of(RamPageKind kind) {
  switch (kind) {
    case RamPageKind::zero: return u8;
    case RamPageKind::full: break;
    case RamPageKind::xbzrle: return u8 + be16;
    case RamPageKind::compressed: return be32;
  }
  return 0;
}

}  // namespace

void NativePosition::pass(const RamPage& page) {
  if (mapped_end_) return;
  bytes_ += be64 + (page.names_block ? names_[page.block] : 0) + fields_of(page.kind) + page.data.size();
}

void NativePosition::pass(const RamBlocks& list) {
  names_.clear();
  bytes_ += be64;
  std::uint64_t mapped = bytes_;
  for (const RamBlock& block : list.blocks) {
    names_.push_back(u8 + block.name.size());
    bytes_ += names_.back() + be64 + (block.page_size ? be64 : 0) + (block.address ? be64 : 0);
  }
  for (const RamBlock& block : list.blocks)
    if (block.mapped) mapped_end_ = mapped = mapped_end(block, mapped);
}

void NativePosition::leave_mapped() {
  if (mapped_end_) bytes_ = *mapped_end_;
  mapped_end_.reset();
}

void NativePosition::pass(const StreamBegin&) { bytes_ += be32 + be32; }
void NativePosition::pass(const Configuration& configuration) { bytes_ += size_of(configuration); }
void NativePosition::pass(const Command& command) { bytes_ += u8 + be16 + be16 + command.payload.size(); }

void NativePosition::pass(const SectionBegin& section) {
  bytes_ += size_of(section);
  in_ram_ = body_kind(section.name, section.type) == BodyKind::ram;
}

void NativePosition::pass(const RamControl&) {
  leave_mapped();
  bytes_ += be64;
}

void NativePosition::pass(const SectionEnd& end) {
  leave_mapped();
  bytes_ += (in_ram_ ? be64 : 0) + (end.footer ? u8 + be32 : 0);
}

}  // namespace qember::event
