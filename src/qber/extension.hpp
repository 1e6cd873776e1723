// SPDX-License-Identifier: LGPL-2.1-or-later
/// The sections named `qember`: what the schema cannot say, see schema/mapping.md.
#pragma once

#include <qember/advanced/asn1/types.hpp>
#include <qember/advanced/asn1/value.hpp>
#include <qember/advanced/event/event.hpp>
#include <qember/advanced/qber/section_writer.hpp>

namespace qember::qber::extension {

inline constexpr std::string_view section_name = "qember";
inline constexpr std::uint32_t format_version = 1;

/// The section's `instanceid`.
enum class Kind : std::uint8_t {
  section = 0,  ///< about the section that comes next
  configuration = 1,
  command = 2,
  description = 3,
  part = 4,            ///< a PART of an iterative section other than `ram`; `sectionid` is its id
  end = 5,             ///< its END
  compressed = 6,      ///< a page that QEMU compressed
  trailing = 7,        ///< what follows the end mark and the description
  device_state = 8,    ///< everything from the first device on, where nothing tells sections apart
  no_footers = 9,      ///< sections have no footers
  mapped_bitmap = 10,  ///< a piece of a bitmap in a mapped-ram file
  mapped_stale = 11,   ///< what stands for a page that is not in it
};
inline constexpr std::uint32_t last_kind = 11;

/// Bit 31 of a kind, and of a key: a reader that does not know it reads over the section, or over the key and
/// the value behind it. Without it one that is not known is refused.
inline constexpr std::uint64_t optional_bit = std::uint64_t{1} << 31U;
constexpr bool is_optional(std::uint64_t number) {
  return number <= 0xffffffff && (number & optional_bit) != 0;
}
/// Whether a section of that name is one to read over: no kind with the bit is known yet.
inline bool is_skipped(const SectionFields& fields) {
  const auto kind = fields.instanceid.as_unsigned();
  return kind && is_optional(*kind);
}

/// What is out of the ordinary with a RAM block in a list.
struct BlockNote {
  std::uint32_t index = 0;
  std::optional<std::uint64_t> page_size;
  std::optional<std::uint64_t> address;
  std::optional<Bytes> name;  ///< where the name in the list only stands for it
  std::optional<event::MappedRam> mapped;
};

/// What is out of the ordinary with the next section.
struct SectionNote {
  std::optional<event::Element> type;
  bool continues = false;               ///< it is the same native section as before, going on
  std::vector<std::uint64_t> controls;  ///< records without a page, before the first page
  bool names_block = false;             ///< the first page names its block, though it is the last one's
  std::optional<std::uint8_t> fill;     ///< of the first page
  std::optional<std::uint64_t> page_size;
  std::optional<Bytes> name;  ///< where the section's name only stands for it
  std::vector<BlockNote> blocks;
  bool is_known = false;  ///< its values are those of a layout known by its name, not of the description

  bool empty() const { return blocks.empty() && only_blocks(); }
  /// It says nothing but of RAM blocks.
  bool only_blocks() const;
  /// Adds what the next note says, where both are about one section: this one says nothing, or `more` is only
  /// of RAM blocks and goes on with it. Else false, and nothing changes. A note that says nothing is none.
  bool join(SectionNote more);
};

struct CompressedPage {
  std::uint32_t block = 0;
  std::uint64_t addr = 0;
  bool names_block = false;
  ByteView data{};
};

/// A text that the schema can have for any name: the name itself, where it is UTF-8 and not
/// reserved, or else a placeholder made from `index`.
std::string placeholder_name(ByteView name, std::size_t index);
bool needs_placeholder(ByteView name);

SectionFields fields(Kind kind, std::uint32_t id = 0);

// Each makes the section in DER.
Result<Bytes> encode(const SectionNote& note);
Result<Bytes> encode(const event::Configuration& configuration);
Result<Bytes> encode(const event::Command& command);
Result<Bytes> encode(const CompressedPage& page);
Result<Bytes> encode(const event::MappedBitmap& bitmap);
Result<Bytes> encode(const event::MappedStale& stale);
/// A section whose contents are `blob`.
Result<Bytes> encode(const SectionFields& fields, ByteView blob);

// Each reads one; the error's path is what follows the section's own, its offset 0.
Result<SectionNote> read_section_note(const asn1::SecFull& section);
Result<event::Configuration> read_configuration(const asn1::SecFull& section);
/// Views in the result are valid as long as `section`.
Result<event::Command> read_command(const asn1::SecFull& section);
Result<CompressedPage> read_compressed(const asn1::SecFull& section);
Result<event::MappedBitmap> read_mapped_bitmap(const asn1::SecFull& section);
Result<event::MappedStale> read_mapped_stale(const asn1::SecFull& section);

}  // namespace qember::qber::extension
