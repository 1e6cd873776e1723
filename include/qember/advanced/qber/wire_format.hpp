// SPDX-License-Identifier: LGPL-2.1-or-later
/// How a schema has a stream on the wire: what the readers and writers of BER go by.
#pragma once

#include <qember/advanced/core/result.hpp>
#include <qember/advanced/ram/page_format.hpp>

#include <vector>

namespace qember::qber {

/// The identifier bytes of sections and the lists in them.
struct WireTags {
  ber::Identifier file;                 ///< `QemuFile`
  ber::Identifier version;              ///< its version
  ber::Identifier top;                  ///< its list of sections
  ber::Identifier full;                 ///< a `SecFull`
  ber::Identifier full_name;            ///< its name
  ber::Identifier full_id;              ///< its section's number
  ber::Identifier full_instance;        ///< its instance
  ber::Identifier full_version;         ///< the version of its contents
  ber::Identifier full_end;             ///< its end mark
  ber::Identifier blob;                 ///< contents as bytes
  ber::Identifier block_list;           ///< contents as the list of RAM blocks
  ber::Identifier entries;              ///< contents as values
  ber::Identifier min;                  ///< a `SecMin`
  ber::Identifier min_id;               ///< its section's number
  ber::Identifier ramsec;               ///< its contents, RAM
  ber::Identifier ram_block;            ///< pages of a block
  ber::Identifier block_name;           ///< its name
  ber::Identifier pagelist;             ///< the pages
  ber::Identifier min_end;              ///< the end mark of a `SecMin`
  ber::Identifier array;                ///< an array of values
  ber::Identifier boolean;              ///< a value
  ber::Identifier integer;              ///< a value
  ber::Identifier bytes;                ///< a value
  ber::Identifier subsections;          ///< those after the values
  ber::Identifier subsection;           ///< one of them
  ber::Identifier subsection_name;      ///< its name
  ber::Identifier subsection_version;   ///< its version
  ber::Identifier subsection_contents;  ///< its values
};

/// An alternative that a schema adds, and its tag: one of them where it is an untagged CHOICE.
struct AddedAlternative {
  ber::Tag tag;               ///< that it begins with
  const ber::Member* member;  ///< of the CHOICE
};

/// The library's own schema, or one that extends it: `vmm::data::schema`, which `qember_add_schema` makes. It
/// is made once; readers and writers that are given it keep a reference, and threads may share one.
class WireFormat {
 public:
  /// `schema` outlives what is made. It has the library's types, by the same names and of the same shapes;
  /// tags and sizes are its own. It may add alternatives to any CHOICE, of which those of `Sections` and of
  /// `SecFull.contents` are read and written, and OPTIONAL members below `SecFull`, which are refused where
  /// they are present. `Errc::unsupported` for any other schema: the path says where it differs.
  static Result<WireFormat> of(const ber::Schema& schema);
  /// That of the library's own schema.
  static const WireFormat& own();

  /// The schema as data.
  const ber::Schema& schema() const noexcept { return *schema_; }
  /// The tags of what has a place of its own.
  const WireTags& tags() const noexcept { return tags_; }
  /// How pages are written.
  const ram::PageFormat& pages() const noexcept { return pages_; }
  /// `SecFull`, with the tag that it has in `Sections`.
  const ber::Type& full_type() const noexcept { return full_type_; }
  /// That of a block's name in a list of pages.
  const ber::Type& block_name_type() const noexcept { return block_name_type_; }
  /// That of `SecFull.contents` as bytes.
  ber::Tag blob_tag() const noexcept { return blob_tag_; }

  /// It is the library's own schema.
  bool is_own() const noexcept;
  /// A `SecFull` without what is added is the same in the library's own schema.
  bool has_own_tags() const noexcept { return has_own_tags_; }

  // What the schema adds; null where it has nothing with that tag or of that name.

  /// Whether there are any to `Sections`.
  bool adds_sections() const noexcept { return !sections_.empty(); }
  /// An alternative of `Sections`, by its tag.
  const ber::Member* section(ber::Tag tag) const noexcept;
  /// The same by its name.
  const ber::Member* section(std::string_view name) const noexcept;
  /// An alternative of `SecFull.contents`, by its tag.
  const ber::Member* state(ber::Tag tag) const noexcept;
  /// The same by its name.
  const ber::Member* state(std::string_view name) const noexcept;

 private:
  explicit WireFormat(const ber::Schema& schema);

  const ber::Schema* schema_;
  WireTags tags_;
  ram::PageFormat pages_;
  ber::Type full_type_;
  ber::Type block_name_type_;
  ber::Tag blob_tag_;
  bool has_own_tags_ = true;
  std::vector<AddedAlternative> sections_;
  std::vector<AddedAlternative> states_;
};

}  // namespace qember::qber
