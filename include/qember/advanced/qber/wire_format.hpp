// SPDX-License-Identifier: LGPL-2.1-or-later
/// How a schema has a stream on the wire: what the readers and writers of BER go by.
#pragma once

#include <qember/advanced/core/result.hpp>
#include <qember/advanced/ram/page_format.hpp>

#include <vector>

namespace qember::qber {

/// The identifier bytes of sections and the lists in them.
struct WireTags {
  ber::Identifier file, version, top;
  ber::Identifier full, full_name, full_id, full_instance, full_version, full_end;
  ber::Identifier blob, block_list, entries;  ///< contents of a `SecFull`
  ber::Identifier min, min_id, ramsec, ram_block, block_name, pagelist, min_end;
  ber::Identifier array, boolean, integer, bytes, subsections;  ///< of `VMStateEntries`
  ber::Identifier subsection, subsection_name, subsection_version, subsection_contents;
};

/// An alternative that a schema adds, and its tag: one of them where it is an untagged CHOICE.
struct AddedAlternative {
  ber::Tag tag;
  const ber::Member* member;
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
  static const WireFormat& own() noexcept;

  const ber::Schema& schema() const noexcept { return *schema_; }
  const WireTags& tags() const noexcept { return tags_; }
  const ram::PageFormat& pages() const noexcept { return pages_; }
  const ber::Type& full_type() const noexcept { return *full_type_; }
  const ber::Type& block_name_type() const noexcept { return block_name_type_; }
  ber::Tag blob_tag() const noexcept { return blob_tag_; }

  /// It is the library's own schema.
  bool is_own() const noexcept;
  /// A `SecFull` without what is added is the same in the library's own schema.
  bool has_own_tags() const noexcept { return has_own_tags_; }

  // What the schema adds; null where it has nothing with that tag or of that name.

  bool adds_sections() const noexcept { return !sections_.empty(); }
  const ber::Member* section(ber::Tag tag) const noexcept;
  const ber::Member* section(std::string_view name) const noexcept;
  const ber::Member* state(ber::Tag tag) const noexcept;
  const ber::Member* state(std::string_view name) const noexcept;

 private:
  explicit WireFormat(const ber::Schema& schema);

  const ber::Schema* schema_;
  WireTags tags_;
  ram::PageFormat pages_;
  const ber::Type* full_type_;
  ber::Type block_name_type_;
  ber::Tag blob_tag_;
  bool has_own_tags_ = true;
  std::vector<AddedAlternative> sections_;
  std::vector<AddedAlternative> states_;
};

}  // namespace qember::qber
