// SPDX-License-Identifier: LGPL-2.1-or-later
/// Writes a `QemuFile` in BER, section by section. What has no length yet gets the indefinite form
/// (X.690 8.1.3.6); or, with `Lengths` measured in a first pass, all is DER.
#pragma once

#include <qember/advanced/ber/tag.hpp>
#include <qember/advanced/core/integer.hpp>
#include <qember/advanced/core/result.hpp>
#include <qember/advanced/io/output.hpp>
#include <qember/advanced/qber/wire_format.hpp>

#include <array>
#include <optional>

namespace qember::qber {

/// The lengths of all that is written in pieces, in the order in which it begins: mostly a byte or two each.
class Lengths {
 public:
  /// Memory that is taken.
  std::size_t bytes() const noexcept { return packed_.capacity() + open_.capacity() * sizeof(std::uint64_t); }

 private:
  friend class SectionWriter;
  /// Notes that something begins; its place among what is not packed yet.
  std::size_t begin();
  /// The file and its list, which stay open, and what is in them one by one.
  void end(std::size_t place, std::uint64_t length, std::size_t depth);
  /// The length at `at`, which moves behind it; 0 at the end, which is `size`.
  std::uint64_t next(std::size_t& at) const;
  std::size_t size() const noexcept { return outer_begun_ + packed_.size(); }

  std::array<std::uint64_t, 2> outer_{};
  std::size_t outer_begun_ = 0;
  std::vector<std::uint64_t> open_;  ///< of the section that is being written
  Bytes packed_;                     ///< 7 bits a byte, all but the last with the high bit
};

/// The fields of a `SecFull` before its contents.
struct SectionFields {
  std::string name;    ///< of what is saved
  Integer sectionid;   ///< that PART and END refer to
  Integer instanceid;  ///< tells those of one name apart
  Integer versionid;   ///< of the contents
};

/// Writes a `QemuFile` by its parts, each in its place; `qber::Writer` does so for events.
class SectionWriter {
 public:
  /// `out` and `format` outlive the writer.
  explicit SectionWriter(io::Output& out, const WireFormat& format = WireFormat::own())
      : SectionWriter(&out, nullptr, nullptr, format) {}
  /// Writes nothing, and notes the lengths for a writer that is told the same again.
  static SectionWriter measuring(Lengths& lengths, const WireFormat& format = WireFormat::own()) {
    return {nullptr, &lengths, nullptr, format};
  }
  /// Writes definite lengths, which were measured of the same before.
  static SectionWriter definite(io::Output& out, const Lengths& lengths,
                                const WireFormat& format = WireFormat::own()) {
    return {&out, nullptr, &lengths, format};
  }
  /// What it writes by.
  const WireFormat& format() const noexcept { return *format_; }

  /// The outermost element, and its list of sections.
  void begin_file();
  /// `Errc::wrong_order` where not all that began was ended, or with `Lengths` of another stream.
  Status end_file();

  /// A whole `Sections`, by the schema.
  void section(Bytes encoded);

  /// A `SecMin` of RAM. Pages are borrowed, see `Output::clear`; the names are as in the schema.
  void begin_ram(Integer sectionid);
  /// The pages of the block of that name.
  void begin_block(std::string_view name);
  /// A page of that block.
  void page(const ram::PageView& page);
  /// The same with its data copied.
  void copy_page(const ram::PageView& page);
  /// Ends the block, too.
  void end_ram();
  /// Whether a block has begun.
  bool in_block() const noexcept { return in_block_; }

  /// A `SecFull` that is not made whole: either one string in segments, or values.
  void begin_full(const SectionFields& fields);
  /// Contents as bytes, in segments.
  void begin_blob();
  /// Some of these bytes.
  void segment(Bytes data);
  /// All have come.
  void end_blob();
  /// Contents as values.
  void begin_entries();
  /// An array among them.
  void begin_array();
  /// A value that is an integer.
  void integer(Integer value);
  /// A value that is a boolean.
  void boolean(bool value);
  /// A value that is bytes.
  void blob(ByteView value);
  /// The subsections, after the values.
  void begin_subsections();
  /// One of them, with its values.
  void begin_subsection(std::string_view name, Integer version);
  /// All its values have come.
  void end_subsection();
  /// Ends an array, the subsections or the entries.
  void end_list();
  /// Ends the `SecFull`.
  void end_full();

 private:
  SectionWriter(io::Output* out, Lengths* measured, const Lengths* given, const WireFormat& format)
      : format_(&format), out_(out), measured_(measured), given_(given) {}

  struct Open {
    ber::Identifier identifier;
    std::size_t index;
    std::uint64_t begin;
  };

  void open(const ber::Identifier& identifier);
  void close();
  std::uint8_t* reserve(std::size_t count);
  void commit(const std::uint8_t* end);
  void borrow(ByteView bytes);
  void keep(Bytes bytes);
  void put_text(const ber::Identifier& identifier, std::string_view text);
  void put_number(const ber::Identifier& identifier, Integer value);
  void put_mark(const ber::Identifier& identifier);

  const WireTags& tags() const noexcept { return format_->tags(); }

  const WireFormat* format_;
  io::Output* out_ = nullptr;
  Lengths* measured_ = nullptr;
  const Lengths* given_ = nullptr;
  std::size_t next_ = 0;  ///< in what is given
  std::uint64_t written_ = 0;
  std::size_t depth_ = 0;  ///< of what is open
  bool unpaired_ = false;  ///< something ended that had not begun, or has no length
  std::vector<Open> open_;
  bool in_block_ = false;
  Bytes scratch_;
};

}  // namespace qember::qber
