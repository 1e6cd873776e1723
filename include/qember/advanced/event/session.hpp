// SPDX-License-Identifier: LGPL-2.1-or-later
/// What must be remembered of a stream to read on: open sections, RAM blocks, the page size, the block
/// of the last page. Both directions keep one, and go by the same rules.
#pragma once

#include <qember/advanced/core/limits.hpp>
#include <qember/advanced/core/result.hpp>
#include <qember/advanced/event/event.hpp>

#include <map>

namespace qember::event {

/// How the body of a section is laid out.
enum class BodyKind : std::uint8_t {
  ram,
  block,  ///< block migration
  dirty_bitmap,
  htab,                ///< pSeries hash table
  storage_attributes,  ///< s390
  vfio,
  device,  ///< without a mark at its end
};

/// How the body of a section of that name and type is laid out.
BodyKind body_kind(std::string_view name, Element type) noexcept;

/// A section that was opened by a START.
struct OpenSection {
  std::string name;                  ///< of what is saved
  std::uint32_t instance = 0;        ///< tells those of one name apart
  std::uint32_t version = 0;         ///< of the body
  BodyKind kind = BodyKind::device;  ///< how its bodies are laid out
  bool ended = false;                ///< its END has come
};

/// The page size where nothing names another.
inline constexpr std::uint64_t default_page_size = 4096;
/// The least page size that a target has.
inline constexpr std::uint64_t min_page_size = 256;
/// The greatest page size that a target has.
inline constexpr std::uint64_t max_page_size = 65536;

/// Whether a target may have pages of that many bytes: a power of two between the two.
constexpr bool is_page_size(std::uint64_t size) {
  return size >= min_page_size && size <= max_page_size && (size & (size - 1)) == 0;
}

/// Refuses a subsection that a configuration may not have after those: of unknown size, or a second one.
Status check_subsection(std::span<const ConfigurationSubsection> before, std::string_view name);
/// QEMU has some thirty.
inline constexpr std::uint32_t most_capabilities = 255;

/// What a stream has said so far.
class Session {
 public:
  /// Nothing yet.
  explicit Session(const Limits& limits) : limits_(limits) {}

  // Each takes note of an element, or says why it may not come, and then nothing is changed.
  /// The machine, the page size and the capabilities.
  Status note(const Configuration& configuration);
  /// A command.
  Status note(const Command& command);
  /// The header of a section: it is opened, gone on with, or ended.
  Status note(const SectionBegin& section);
  /// Takes note of a page size that something names: it is the same each time.
  Status note_page_size(std::uint64_t size);
  /// Refuses a page size that a description may not have.
  Status check_described_page_size(std::uint64_t size) const;
  /// Does the same, and what comes after the description must agree.
  Status note_described_page_size(std::uint64_t size);
  /// Checks that the lengths add up and the names differ, and keeps the list. A stream has one.
  Status open_blocks(std::uint64_t total, std::vector<RamBlock> blocks);
  /// Checks the page against its block and the page size, and remembers its block as the last: that one also
  /// of a page that is refused for its address, since the next record may go on in it.
  Status note(const RamPage& page);

  /// Null where that id was not opened by a START.
  const OpenSection* section(std::uint32_t id) const;
  /// The sections that were started, by id.
  const std::map<std::uint32_t, OpenSection>& sections() const noexcept { return sections_; }
  /// The list of RAM blocks, in the order of the stream; empty before it.
  std::span<const RamBlock> blocks() const noexcept { return blocks_; }
  /// Bytes of all blocks.
  std::uint64_t total() const noexcept { return total_; }
  /// The index of the block of that name.
  std::optional<std::uint32_t> find_block(ByteView name) const;

  /// What the head of the stream names, or was set, or the first page had; nothing before.
  std::optional<std::uint64_t> page_size() const noexcept { return page_size_; }
  /// Ignores a size that no target has.
  void set_page_size(std::uint64_t size) noexcept {
    if (is_page_size(size)) page_size_ = size;
  }
  /// The same, and `default_page_size` before.
  std::uint64_t page_size_or_default() const noexcept { return page_size_.value_or(default_page_size); }

  /// The block of the last page, which the next one need not name.
  std::optional<std::uint32_t> last_block() const noexcept { return last_block_; }
  /// The next page must name its block.
  bool ignore_shared() const noexcept { return ignore_shared_; }
  /// Whether the capability mapped-ram is enabled.
  bool mapped_ram() const noexcept { return mapped_ram_; }
  /// The machine's name; empty where nothing names it.
  std::string_view machine() const noexcept { return machine_; }
  /// The page sizes of blocks that a POSTCOPY_ADVISE names, each a bit; 0 without one.
  std::uint64_t advised_page_sizes() const noexcept { return advised_page_sizes_; }

 private:
  Status note(const ConfigurationSubsection& sub);
  Status check_order(const SectionBegin& section) const;

  Limits limits_;
  std::string machine_;
  std::map<std::uint32_t, OpenSection> sections_;
  std::size_t devices_ = 0;  ///< sections FULL
  std::vector<RamBlock> blocks_;
  std::map<std::string, std::uint32_t, std::less<>> block_index_;
  bool has_blocks_ = false;  ///< the list has come, which may be empty
  std::uint64_t total_ = 0;
  std::optional<std::uint64_t> page_size_;
  std::optional<std::uint64_t> described_page_size_;
  std::optional<std::uint32_t> last_block_;
  std::uint64_t advised_page_sizes_ = 0;
  bool ignore_shared_ = false;
  bool mapped_ram_ = false;
};

}  // namespace qember::event
