// SPDX-License-Identifier: LGPL-2.1-or-later
/// Native streams made by hand. It remembers where every field begins, so that a test knows where a
/// reader must find that the stream has been cut.
#pragma once

#include <qember/core/bytes.hpp>

#include <string>
#include <vector>

namespace qember::test {

class NativeBuilder {
 public:
  /// The eight octets of the header.
  NativeBuilder() { be(std::uint32_t{0x5145564d}).be(std::uint32_t{3}); }

  template <class T>
  NativeBuilder& be(T value) {
    fields_.push_back(bytes_.size());
    bytes_.resize(bytes_.size() + sizeof(T));
    store_be(bytes_.data() + bytes_.size() - sizeof(T), value);
    return *this;
  }
  NativeBuilder& u8(std::uint8_t value) { return be(value); }
  NativeBuilder& u16(std::uint16_t value) { return be(value); }
  NativeBuilder& u32(std::uint32_t value) { return be(value); }
  NativeBuilder& u64(std::uint64_t value) { return be(value); }
  NativeBuilder& raw(ByteView bytes) {
    fields_.push_back(bytes_.size());
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
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
  NativeBuilder& zero(std::string_view block, std::uint64_t addr, std::uint8_t byte = 0) {
    return record(0x02, block, addr).u8(byte);
  }
  NativeBuilder& page(std::string_view block, std::uint64_t addr, std::uint8_t byte, std::size_t size = 4096) {
    return record(0x08, block, addr).fill(size, byte);
  }
  NativeBuilder& xbzrle(std::string_view block, std::uint64_t addr, ByteView delta) {
    return record(0x40, block, addr).u8(1).u16(static_cast<std::uint16_t>(delta.size())).raw(delta);
  }
  NativeBuilder& compressed(std::string_view block, std::uint64_t addr, ByteView data) {
    return record(0x100, block, addr).u32(static_cast<std::uint32_t>(data.size())).raw(data);
  }
  NativeBuilder& eos() { return u64(0x10); }

  /// FULL with that state.
  NativeBuilder& device(std::uint32_t id, std::string_view name, ByteView state, std::uint32_t instance = 0,
                        std::uint32_t version = 1) {
    return section(4, id, name, instance, version).raw(state).footer(id);
  }
  NativeBuilder& eof() { return u8(0); }
  NativeBuilder& description(std::string_view json) {
    return u8(6).u32(static_cast<std::uint32_t>(json.size())).text(json);
  }

  const Bytes& bytes() const { return bytes_; }
  std::size_t size() const { return bytes_.size(); }
  /// Where each field begins; a footer and a device's state are found by what follows them.
  const std::vector<std::size_t>& fields() const { return fields_; }

  bool footers = true;

 private:
  /// An empty `block` means the same block as before.
  NativeBuilder& record(std::uint64_t kind, std::string_view block, std::uint64_t addr) {
    constexpr std::uint64_t same_block = 0x20;
    u64(addr | kind | (block.empty() ? same_block : 0));
    return block.empty() ? *this : counted(block);
  }

  Bytes bytes_;
  std::vector<std::size_t> fields_;
};

}  // namespace qember::test
