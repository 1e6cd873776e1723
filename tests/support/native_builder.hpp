// SPDX-License-Identifier: LGPL-2.1-or-later
/// Native streams made by hand, with what a reader must say of one that has been cut anywhere.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <bit>
#include <optional>
#include <string>
#include <vector>

namespace qember::test {

class NativeBuilder {
 public:
  /// The eight bytes of the header.
  NativeBuilder() { be(std::uint32_t{0x5145564d}).be(std::uint32_t{3}); }

  template <class T>
  NativeBuilder& be(T value) {
    Bytes field(sizeof(T));
    store_be(field.data(), value);
    return raw(field);
  }
  NativeBuilder& u8(std::uint8_t value) { return be(value); }
  NativeBuilder& u16(std::uint16_t value) { return be(value); }
  NativeBuilder& u32(std::uint32_t value) { return be(value); }
  NativeBuilder& u64(std::uint64_t value) { return be(value); }
  NativeBuilder& raw(ByteView bytes) {
    cuts_.resize(bytes_.size() + bytes.size(), bytes_.size());
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  /// Bytes that a reader passes on as they come, so that the stream is sound up to any of them.
  NativeBuilder& passed_on(ByteView bytes) {
    const std::size_t begin = size();
    return raw(bytes).cut_anywhere_from(begin);
  }
  NativeBuilder& text(std::string_view text) { return raw(as_bytes(text)); }
  NativeBuilder& fill(std::size_t count, std::uint8_t value) { return raw(Bytes(count, value)); }
  /// u8 length and text, one field.
  NativeBuilder& counted(std::string_view text) {
    Bytes field{static_cast<std::uint8_t>(text.size())};
    field.insert(field.end(), text.begin(), text.end());
    return raw(field);
  }

  NativeBuilder& configuration(std::string_view machine) {
    return u8(7).u32(static_cast<std::uint32_t>(machine.size())).text(machine);
  }
  /// With a target of pages of that many bytes.
  NativeBuilder& configuration(std::string_view machine, std::size_t size) {
    page_size = size;
    return configuration(machine)
        .u8(5)
        .counted("configuration/target-page-bits")
        .u32(1)
        .u32(static_cast<std::uint32_t>(std::countr_zero(size)));
  }
  NativeBuilder& command(std::uint16_t id, ByteView payload = {}) {
    return u8(8).u16(id).u16(static_cast<std::uint16_t>(payload.size())).raw(payload);
  }
  /// Of START (1) or FULL (4).
  NativeBuilder& section(std::uint8_t type, std::uint32_t id, std::string_view name, std::uint32_t instance,
                         std::uint32_t version) {
    return u8(type).u32(id).counted(name).u32(instance).u32(version);
  }
  NativeBuilder& part(std::uint32_t id) { return u8(2).u32(id); }
  NativeBuilder& end(std::uint32_t id) { return u8(3).u32(id); }
  NativeBuilder& footer(std::uint32_t id) {
    if (footers) u8(0x7e).u32(id);
    return *this;
  }

  /// START `ram` with blocks of these names, all of one length, up to its end mark.
  NativeBuilder& ram(std::uint32_t id, const std::vector<std::string>& blocks, std::uint64_t length) {
    section(1, id, "ram", 0, 4).u64(blocks.size() * length | 4);
    for (const std::string& name : blocks) counted(name).u64(length);
    return eos().footer(id);
  }
  /// The block of a page; nothing for the same as before.
  using Block = std::optional<std::string_view>;
  NativeBuilder& zero(Block block, std::uint64_t addr, std::uint8_t byte = 0) {
    return record(0x02, block, addr).u8(byte);
  }
  NativeBuilder& page(Block block, std::uint64_t addr, std::uint8_t byte) {
    return record(0x08, block, addr).fill(page_size, byte);
  }
  NativeBuilder& xbzrle(Block block, std::uint64_t addr, ByteView delta) {
    return record(0x40, block, addr).u8(1).u16(static_cast<std::uint16_t>(delta.size())).raw(delta);
  }
  NativeBuilder& compressed(Block block, std::uint64_t addr, ByteView data) {
    return record(0x100, block, addr).u32(static_cast<std::uint32_t>(data.size())).raw(data);
  }
  NativeBuilder& eos() { return u64(0x10); }
  /// END `ram`, without pages.
  NativeBuilder& ended(std::uint32_t id) { return end(id).eos().footer(id); }

  /// FULL with that state.
  NativeBuilder& device(std::uint32_t id, std::string_view name, ByteView state, std::uint32_t instance = 0,
                        std::uint32_t version = 1) {
    section(4, id, name, instance, version).passed_on(state);
    const std::size_t begin = size();
    footer(id);
    // Nothing is sure of where a device ends before what follows it is there.
    return cut_anywhere_from(begin);
  }
  NativeBuilder& eof() { return u8(0); }
  NativeBuilder& description(std::string_view json) {
    return u8(6).u32(static_cast<std::uint32_t>(json.size())).text(json);
  }

  const Bytes& bytes() const { return bytes_; }
  std::size_t size() const { return bytes_.size(); }
  /// Where a reader finds that a stream of `size` bytes of this one does not go on: where the field begins
  /// that is not whole.
  std::size_t cut_at(std::size_t size) const { return cuts_.at(size); }

  bool footers = true;
  std::size_t page_size = 4096;

 private:
  NativeBuilder& cut_anywhere_from(std::size_t begin) {
    for (std::size_t at = begin; at < size(); ++at) cuts_[at] = at;
    return *this;
  }
  NativeBuilder& record(std::uint64_t kind, Block block, std::uint64_t addr) {
    constexpr std::uint64_t same_block = 0x20;
    u64(addr | kind | (block ? 0 : same_block));
    return block ? counted(*block) : *this;
  }

  Bytes bytes_;
  std::vector<std::size_t> cuts_;
};

}  // namespace qember::test
