// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a migration stream says, element by element, in the terms of QEMU's own format. `qevm::Reader` gets
/// it from the native form, `qber::Reader` from BER; the writers beside them take it. All integers of the
/// native form are big-endian.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace qember::device {
class Description;
}  // namespace qember::device

namespace qember::event {

/// `QEVM`, and the only version that any QEMU since 2009 writes.
inline constexpr std::uint32_t magic = 0x5145564d;
/// The version of the format.
inline constexpr std::uint32_t stream_version = 3;

/// The first byte of an element at top level.
enum class Element : std::uint8_t {
  eof = 0x00,
  section_start = 0x01,
  section_part = 0x02,
  section_end = 0x03,
  section_full = 0x04,
  subsection = 0x05,
  description = 0x06,
  configuration = 0x07,
  command = 0x08,
  section_footer = 0x7e,
};

/// COMMAND ids that this library knows; others are carried.
enum class CommandId : std::uint16_t {
  open_return_path = 1,
  ping = 2,
  postcopy_advise = 3,
  postcopy_listen = 4,
  postcopy_run = 5,
  postcopy_ram_discard = 6,
  packaged = 7,
  enable_colo = 8,
  postcopy_resume = 9,
  recv_bitmap = 10,
  switchover_start = 11,
};

/// The first eight bytes of a stream.
struct StreamBegin {
  std::uint32_t version = stream_version;  ///< of the format
};

/// A part of the configuration, such as `configuration/capabilities`.
struct ConfigurationSubsection {
  std::string name;           ///< as it is in the stream
  std::uint32_t version = 0;  ///< of its payload
  Bytes payload;              ///< not interpreted
};

/// What the machine is, as the stream says.
struct Configuration {
  Bytes machine;                                     ///< its name, which may be any bytes
  std::vector<ConfigurationSubsection> subsections;  ///< in the order of the stream
};

/// A command. The payload of `packaged` is the length of the elements that follow, which come as events.
struct Command {
  std::uint16_t id = 0;  ///< a `CommandId`, or another
  ByteView payload{};    ///< at most 65535 bytes
};

/// The header of a section. Of PART and END, only `type` and `id` are on the wire; the rest is from
/// the START.
struct SectionBegin {
  Element type = Element::section_full;  ///< START, PART, END or FULL
  std::uint32_t id = 0;                  ///< that PART and END refer to
  std::string_view name{};               ///< of what is saved, such as `ram`
  std::uint32_t instance = 0;            ///< tells those of one name apart
  std::uint32_t version = 0;             ///< of the body
};

/// Where the pages of a block are in a mapped-ram file; offsets count from the first byte of the file that
/// QEMU wrote to.
struct MappedRam {
  std::uint32_t version = 1;        ///< of the header of a block
  std::uint64_t page_size = 0;      ///< in bytes
  std::uint64_t bitmap_offset = 0;  ///< in the file
  std::uint64_t pages_offset = 0;   ///< in the file
  /// Bytes before the stream in that file, such as libvirt's header; the same for all blocks.
  std::uint64_t base = 0;
  /// The words of 64 bits of the bitmap are those of a big-endian host; the same for all blocks.
  bool is_big_endian = false;

  // The same places from the first byte of the stream.

  /// Where the bitmap begins, from the first byte of the stream.
  std::uint64_t bitmap_at() const noexcept { return bitmap_offset - base; }
  /// Where the pages begin, from the first byte of the stream.
  std::uint64_t pages_at() const noexcept { return pages_offset - base; }
};

/// A block of the guest's memory.
struct RamBlock {
  std::string name;                          ///< its id in the stream, such as `pc.ram`
  std::uint64_t length = 0;                  ///< used length in bytes
  std::optional<std::uint64_t> page_size{};  ///< of the block's memory, where the list names it
  std::optional<std::uint64_t> address{};    ///< guest-physical, where the list names it
  std::optional<MappedRam> mapped{};         ///< in a mapped-ram file
};

/// The body of START `ram` up to its end mark.
struct RamBlocks {
  std::uint64_t total = 0;             ///< bytes of all blocks
  std::span<const RamBlock> blocks{};  ///< in the order of the stream
};

/// A record without a page: MULTIFD_FLUSH (0x200), or HOOK (0x80).
struct RamControl {
  std::uint64_t word = 0;  ///< as it is in the stream
};

/// How a page is in the stream: filled by one byte, in full, an XBZRLE delta, or a zlib stream.
enum class RamPageKind : std::uint8_t { zero, full, xbzrle, compressed };

/// A record of a page.
struct RamPage {
  RamPageKind kind = RamPageKind::zero;  ///< what `data` is
  std::uint8_t fill = 0;                 ///< of `zero`: the byte that fills the page
  bool names_block = false;  ///< the record gives the block's name, though it may be the same again
  std::uint32_t block = 0;   ///< index into `RamBlocks`
  std::uint64_t addr = 0;    ///< byte offset in the block
  ByteView data{};           ///< the page, the delta, or the zlib stream
  bool stable = true;        ///< `data` stays as it is until the input is fed
};

/// A piece of the bitmap of a block in a mapped-ram file, which stands before the block's pages:
/// `mapped_page_bit` says where the bit is that says that page i is there; else it is zeros. The pages come
/// as `RamPage`, in order.
struct MappedBitmap {
  std::uint32_t block = 0;  ///< index into `RamBlocks`
  ByteView data{};          ///< a piece, of any size
};

/// What stands in a mapped-ram file in the place of a page that is not there, where that is not zeros: it
/// means nothing.
struct MappedStale {
  std::uint32_t block = 0;  ///< index into `RamBlocks`
  std::uint64_t addr = 0;   ///< byte offset in the block
  ByteView data{};          ///< what stands there
};

/// A piece of the body of any other section.
struct Body {
  ByteView data{};  ///< a piece, of any size
};

/// A value in BER whose type the stream's schema adds to the library's own; the native form has none. After
/// the SectionBegin of a FULL that is not `ram`, it is all of the section's contents, an alternative of
/// `SecFull.contents`. Elsewhere it is an alternative of `Sections`, which may stand between two parts of
/// RAM.
struct SchemaValue {
  std::string_view name{};   ///< of the alternative, as in the schema
  ByteView encoded{};        ///< its TLV: checked by the schema, for `asn1::decode`
  bool may_be_lost = false;  ///< a reader that does not know it reads over it: its tag's class is private
};

/// The end of a section's body, with or without a footer.
struct SectionEnd {
  bool footer = true;  ///< whether a footer follows the body
};

/// The end mark of the stream.
struct Eof {};

/// The description of device state, from which its fields have their names.
struct DescriptionText {
  ByteView json{};  ///< JSON as QEMU wrote it
  /// What a reader that needs it has parsed of the text; null where none has, or where it can't be parsed.
  std::shared_ptr<const device::Description> parsed{};
};

/// A piece of what follows the end mark and the description, or, of a stream that has neither footers
/// nor a description, a piece of everything from the first device on (`device_state`).
struct TrailingData {
  ByteView data{};            ///< a piece, of any size
  bool device_state = false;  ///< it begins with a device
};

/// Nothing more comes.
struct StreamEnd {};

/// Views in it are valid until the next call to the source that made it, or to what feeds that; those of
/// pages that are `stable` until the latter.
using Event = std::variant<StreamBegin, Configuration, Command, SectionBegin, RamBlocks, RamControl, RamPage,
                           MappedBitmap, MappedStale, Body, SectionEnd, Eof, DescriptionText, TrailingData,
                           StreamEnd, SchemaValue>;

}  // namespace qember::event
