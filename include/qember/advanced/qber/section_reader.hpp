// SPDX-License-Identifier: LGPL-2.1-or-later
/// Reads a `QemuFile` in BER: sections one at a time, RAM page by page. An alternative of `Sections` that the
/// schema does not have is read over where the class of its tag is private, and refused otherwise. One that
/// the schema has and the library's own has not is given out whole.
#pragma once

#include <qember/advanced/ber/framer.hpp>
#include <qember/advanced/event/event.hpp>
#include <qember/advanced/io/input.hpp>
#include <qember/advanced/qber/section_writer.hpp>

#include <variant>

namespace qember::qber {

struct FileBegin {};

/// A `SecFull` that has been read whole, and fits the schema.
struct FullSection {
  SectionFields fields;
  /// Its TLV, with the tags of the library's own schema; of one with `state`, with those of the schema it is
  /// in.
  ByteView encoded{};
  /// The offset in `encoded` of the TLV of its contents.
  std::size_t contents = 0;
  /// Its contents, where they are of a type that the schema adds.
  std::optional<event::SchemaValue> state;
};

/// A `SecFull` whose contents are a string of more than `Limits::max_blob`, or in segments.
struct BlobBegin {
  SectionFields fields;
};
struct BlobData {
  ByteView data{};
};
struct BlobEnd {};

struct RamBegin {
  Integer sectionid;
};
/// A `RAMSecBlock` up to its pages.
struct RamBlockBegin {
  std::string_view name{};
};
struct RamEnd {};

/// All sections are read; the file's own end marks are there.
struct FileEnd {};
/// The input ends with the file.
struct InputEnd {};

using SectionEvent =
    std::variant<FileBegin, FullSection, BlobBegin, BlobData, BlobEnd, RamBegin, RamBlockBegin, ram::PageView,
                 RamEnd, event::SchemaValue, FileEnd, InputEnd>;

class SectionReader {
 public:
  /// `input` and `format` outlive the reader.
  explicit SectionReader(io::Input& input, const Limits& limits = {},
                         const WireFormat& format = WireFormat::own())
      : input_(input), limits_(limits), format_(format) {}

  /// The next event; views in it are valid until the input is fed, and until the next call.
  /// `Errc::need_more` asks for the input to be fed. After another error the same one comes again, and after
  /// `InputEnd` that.
  Result<SectionEvent> next();

  /// Pages that `next` would give, without the cost of an event for each: as many as `room` takes and the
  /// input has in their common form. Returns how many; 0 where `next` is to be asked. They are still to come
  /// until they are taken.
  std::size_t peek_pages(std::span<ram::PageView> room);
  /// Goes behind the first `count` of those that were last peeked. `offset` and `path` are then the last
  /// one's.
  void take_pages(std::size_t count);
  /// Makes `offset` and `path` those of that one of the pages last taken, before anything else is read or
  /// fed.
  void go_to_page(std::size_t index);

  /// The first byte of the last event, and the event's place in the schema.
  std::uint64_t offset() const noexcept { return event_offset_; }
  std::string path() const { return path_of(event_place_); }

 private:
  enum class State : std::uint8_t { file, top, skipped, blob, ram, pages, after_file, end };
  struct Place {
    enum class In : std::uint8_t { file, section, full, min, block, page, added } in = In::file;
    std::size_t section = 0;
    std::size_t block = 0;
    std::size_t page = 0;
    std::string_view added{};  ///< the alternative of `Sections`
  };
  /// The file and its list of sections.
  static constexpr std::size_t frames_in_list = 2;
  /// These and the section: where a section's list of blocks has been left.
  static constexpr std::size_t frames_in_section = 3;
  /// A constructed TLV that has been entered.
  struct Frame {
    std::uint64_t end;  ///< where its contents end, or those of the frame around it
    bool indefinite;
  };

  Result<SectionEvent> read();
  Result<SectionEvent> read_file();
  Result<SectionEvent> read_top();
  Result<SectionEvent> read_full(const ber::Header& header);
  Result<std::size_t> whole_size(const ber::Header& header, std::string_view component);
  Result<SectionEvent> read_whole_full(std::size_t size, std::size_t contents);
  Status validate_full(ByteView encoded, const WireFormat& format, std::string_view where) const;
  Status validate_all(ByteView encoded, const ber::Schema& schema, const ber::Type& type,
                      const Limits& limits, std::string_view where) const;
  Error added_member(std::size_t at, std::string_view where) const;
  Error refuse_by_own(Error error, ByteView encoded) const;
  Status bring_home(FullSection& section, std::string_view where);
  Result<const ber::Member*> added_section();
  Result<SectionEvent> read_added(const ber::Member& alternative);
  void begin_segment(const ber::Header& header);
  Result<SectionEvent> read_blob();
  Result<SectionEvent> read_ram_begin();
  Result<SectionEvent> read_ram();
  Result<SectionEvent> read_page();
  Result<SectionEvent> read_after_file();
  Status skip_private();
  Status skip_header();
  Status skip_contents();

  /// The unread bytes that belong to the innermost frame.
  ByteView view() const;
  const WireTags& tags() const noexcept { return format_.tags(); }
  /// The header at `at` in `view()`, which must be that of `wanted`. `alternative`: of the CHOICE that
  /// `component` is, which the tag alone decides on.
  Result<ber::Header> expect(const ber::Identifier& wanted, std::string_view component, std::size_t at = 0,
                             std::string_view alternative = {});
  Status check_header(ber::HeaderOutcome outcome, const ber::Header& header, std::size_t at,
                      std::string_view component) const;
  Result<bool> at_end();
  void enter(const ber::Header& header);
  void leave();
  Status no_added_member(std::size_t at) const;
  Status end_mark(const ber::Identifier& mark);
  Result<std::optional<SectionFields>> peek_fields(const ber::Header& header, std::size_t& contents);
  Error misplaced(std::size_t at, std::string_view component, std::string expected, std::string found) const;
  Error shortage(std::size_t at, std::string_view component) const;
  /// The shortage in the contents of a string, the header of which is not complete.
  Error shortage_of_segment(std::string_view component) const;
  bool shows_more_later(ByteView unread) const;
  Error with_all_it_shows(Error error, ByteView encoded) const;
  Error refuse(Errc code, std::size_t at, std::string_view component, std::string expected,
               ByteView found) const;
  Place place() const;
  static std::string path_of(const Place& place);
  SectionEvent give(SectionEvent event, Place::In in);

  io::Input& input_;
  Limits limits_;
  const WireFormat& format_;
  State state_ = State::file;
  std::vector<Frame> frames_;
  std::uint64_t event_offset_ = 0;
  Place event_place_;

  ber::Framer framer_;           ///< of a section whose length is not given
  std::size_t blob_frames_ = 0;  ///< frames outside the segments of a string
  std::uint64_t segment_ = 0;    ///< bytes of a string, or of what is read over, that are still to come
  std::uint64_t segment_at_ = 0;
  std::string block_name_;
  Bytes scratch_;
  Bytes own_full_;  ///< a section with the tags of the library's own schema

  std::size_t sections_ = 0;
  std::size_t blocks_ = 0;  ///< of this section
  std::size_t pages_ = 0;   ///< of this block
  ram::PagesParse peeked_;
  ByteView taken_;               ///< the pages last taken
  std::size_t taken_count_ = 0;  ///< how many they are
  std::optional<Error> failed_;  ///< the error that ended the reading
};

}  // namespace qember::qber
