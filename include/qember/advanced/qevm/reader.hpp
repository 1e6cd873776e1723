// SPDX-License-Identifier: LGPL-2.1-or-later
/// Reads QEMU's native migration stream.
#pragma once

#include <qember/advanced/event/source.hpp>
#include <qember/advanced/io/byte_source.hpp>

#include <deque>
#include <functional>
#include <memory>

namespace qember::event {
class Cursor;
class Package;
}  // namespace qember::event

namespace qember::qevm {

/// How a stream is read.
struct ReaderOptions {
  /// The target's page size, for streams that do not name theirs.
  std::optional<std::uint64_t> page_size = {};
  /// What the input is filled from, for the blocks of a mapped-ram file, whose list is gathered ahead: that
  /// is not supported without a source that is seekable. Its first byte is the stream's; it outlives the
  /// reader.
  io::ByteSource* source = nullptr;
  /// Bytes before the stream in the file that QEMU wrote to, which offsets in a mapped-ram file count from.
  std::uint64_t base = 0;
  /// Makes a source that is seekable where `source` is not, when it turns out to be needed: it has all bytes
  /// from the first unread one on.
  std::function<Result<io::ByteSource*>()> spool{};
  /// Pages of a mapped-ram file are not read: their data has their size and means nothing, and what stands in
  /// the place of pages that are not there is passed over. The input is filled from `source` alone.
  bool skims_pages = false;
};

/// Reads a stream in QEMU's native form from an input that is fed.
class Reader final : public event::Source {
 public:
  /// `input` outlives the reader.
  explicit Reader(io::Input& input, const Limits& limits = {}, ReaderOptions options = {});
  ~Reader() override;

  Result<event::Event> next() override;
  /// As many pages as the input has in their common form.
  std::size_t next_pages(std::span<event::RamPage> room) override;
  bool in_sync() const override { return in_sync_; }
  std::uint64_t offset() const override { return event_offset_; }
  std::string path() const override;
  const event::Session& session() const override { return session_; }

 private:
  enum class State : std::uint8_t {
    header,
    element,
    ram,
    mapped,
    iterative,
    payload,
    device,
    footer,
    tail,
    rest,
    after_eof,
    end
  };
  struct BodyEnd {
    enum Outcome : std::uint8_t { found, starved, far, none } outcome;
    std::size_t at;
  };

  Result<event::Event> read();
  Result<event::Event> read_header();
  Result<event::Event> read_element();
  Result<event::Event> read_configuration(event::Cursor& cursor);
  Result<event::Event> read_command(event::Cursor& cursor);
  Result<event::Event> read_section(event::Cursor& cursor, event::Element type);
  Result<event::Event> begin_body(event::SectionBegin begin, std::size_t size);
  Result<event::Event> read_blocks();
  Result<bool> read_block(event::Cursor& cursor, std::uint64_t left, event::RamBlock& block, bool& last);
  Result<event::Event> read_mapped_blocks(std::uint64_t total);
  Result<event::RamBlock> read_mapped_block(std::uint64_t& offset, std::uint64_t left,
                                            const std::string& path);
  Status find_seekable(const std::string& path);
  void note_mapped_parts(const event::RamBlock& block, std::uint32_t index, std::uint64_t begin);
  Result<event::Event> read_mapped();
  Result<event::Event> read_mapped_pages();
  std::optional<event::Event> skim_page();
  bool has_page(std::uint64_t addr, const event::RamBlock& block) const;
  Result<event::Event> read_ram();
  Result<event::Event> read_page(event::Cursor& cursor, std::uint64_t word);
  Status find_page_size();
  Result<event::Event> read_iterative();
  Result<event::Event> read_payload();
  Result<event::Event> read_device();
  BodyEnd find_body_end(ByteView body, std::uint64_t offset);
  Status decide_footers(std::size_t size);
  Result<event::Event> read_footer();
  Result<event::Event> read_tail();
  Result<event::Event> read_after_eof();
  Result<event::Event> read_rest();

  event::Event take(event::Event event, std::size_t size);
  std::string element_path(std::string_view name, std::size_t index) const;
  std::string section_path() const;
  Error starved(std::string path) const;
  Error refuse(Errc code, std::string path, std::string expected, std::string found) const;
  Error place(Error error, const std::string& path) const;

  io::Input& input_;
  Limits limits_;
  event::Session session_;
  State state_ = State::header;
  std::uint64_t event_offset_ = 0;
  std::string element_ = "QEVM";  ///< where the last event is, if in no section
  bool in_sync_ = false;          ///< what was refused has been passed
  std::optional<Error> failed_;   ///< the error that ended the reading

  event::SectionBegin section_;            ///< the one being read
  std::optional<std::uint64_t> noted_at_;  ///< where the section began that the session knows last
  event::BodyKind kind_ = event::BodyKind::device;
  std::string full_name_;  ///< of a FULL, whose name nothing else keeps
  std::optional<bool> footers_;
  std::unique_ptr<event::Package> package_;
  std::uint64_t payload_ = 0;  ///< bytes of a record of an iterative section that are still to come
  bool payload_ends_body_ = false;
  bool blocks_pending_ = false;  ///< START `ram`, before the end of its list
  /// The list as far as it has come.
  struct BlockList {
    std::uint64_t offset;
    std::uint64_t total;
    std::uint64_t left;  ///< bytes of RAM in the blocks to come
    std::vector<event::RamBlock> blocks;
  };
  std::optional<BlockList> list_;
  std::size_t page_size_wants_ = 0;   ///< unread bytes before the page size is looked for again
  std::size_t scanned_ = 0;           ///< bytes of a device's body that hold no footer
  std::optional<std::size_t> loose_;  ///< where a footer stands that nothing certain follows
  std::uint64_t searched_again_ = 0;  ///< bytes behind those that were taken for the end all the same
  std::deque<std::size_t> tail_;      ///< sizes of the bodies to come, where only a description tells
  bool rest_is_device_state_ = false;

  /// The parts of a mapped-ram file up to the end of its last block.
  struct MappedPart {
    enum Kind : std::uint8_t { fields, padding, bitmap, pages } kind;
    std::uint32_t block;
    std::uint64_t left;  ///< bytes that are still to come
  };
  io::ByteSource* source_;
  std::uint64_t base_;  ///< of the stream in the file
  std::function<Result<io::ByteSource*>()> spool_;
  bool skims_pages_;
  std::deque<MappedPart> mapped_;
  Bytes bitmap_;  ///< of the block whose pages come

  std::size_t sections_ = 0;
  std::size_t commands_ = 0;
  std::size_t pages_ = 0;  ///< of this section
};

}  // namespace qember::qevm
