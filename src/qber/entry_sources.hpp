// SPDX-License-Identifier: LGPL-2.1-or-later
/// Device state on its way back from BER: out of a tree of values, or straight from the bytes.
#pragma once

#include <qember/advanced/asn1/types.hpp>
#include <qember/advanced/ber/header.hpp>
#include <qember/advanced/device/state.hpp>

namespace qember::qber {

/// The values of `vmstateentries` in the tree of a `SecFull`.
class TreeSource final : public device::StateSource {
 public:
  /// `encoded`: the section's TLV, `offset` and `path`: where it is.
  TreeSource(asn1::List<asn1::VMStateEntries> root, ByteView encoded, std::uint64_t offset, std::string path)
      : levels_{{root, 0, {}}}, encoded_(encoded), offset_(offset), path_(std::move(path)) {}

  Kind peek() override;
  Integer integer() override { return take().as_int(); }
  bool boolean() override { return take().as_bool(); }
  ByteView blob() override { return take().as_oldblob(); }
  void enter_array() override { levels_.push_back({take().as_array(), 0, {}}); }
  void leave_array() override { levels_.pop_back(); }
  void enter_subsections() override { subsections_.push_back({take().as_subsecl(), 0}); }
  void leave_subsections() override { subsections_.pop_back(); }
  bool enter_subsection(std::string_view& name, Integer& version) override;
  void leave_subsection() override { levels_.pop_back(); }
  Error refuse_next(std::string expected, std::string found) override {
    return refuse(0, std::move(expected), std::move(found));
  }
  Error refuse_last(std::string expected, std::string found) override {
    return refuse(1, std::move(expected), std::move(found));
  }

 private:
  using SubSections = decltype(asn1::VMStateEntries().as_subsecl());
  struct Level {
    asn1::List<asn1::VMStateEntries> list;
    std::size_t next;
    std::optional<std::size_t> subsection;  ///< its number, where the list is of a subsection
  };
  struct SubSectionLevel {
    SubSections list;
    std::size_t next;
  };

  asn1::VMStateEntries take();
  Error refuse(std::size_t back, std::string expected, std::string found) const;

  std::vector<Level> levels_;
  std::vector<SubSectionLevel> subsections_;
  ByteView encoded_;
  std::uint64_t offset_;
  std::string path_;
};

/// The same from the bytes, for sections that are too large for a tree. They have been validated.
class BytesSource final : public device::StateSource {
 public:
  BytesSource(ByteView encoded, std::uint64_t offset, std::string path);

  Kind peek() override;
  Integer integer() override;
  bool boolean() override;
  ByteView blob() override;
  void enter_array() override { enter(); }
  void leave_array() override { leave(); }
  void enter_subsections() override { enter(); }
  void leave_subsections() override { leave(); }
  bool enter_subsection(std::string_view& name, Integer& version) override;
  void leave_subsection() override;
  Error refuse_next(std::string expected, std::string found) override;
  Error refuse_last(std::string expected, std::string found) override;

 private:
  struct Level {
    std::size_t end;  ///< of the contents; unknown where they are indefinite
    bool indefinite;
    std::size_t next;
    std::string_view alternative;
  };

  bool at_end() const;
  ber::Header header() const;
  ByteView take();
  void enter(std::string_view alternative = "array");
  void leave();
  Error refuse(std::size_t at, std::size_t back, std::string expected, std::string found) const;

  ByteView encoded_;
  std::uint64_t offset_;
  std::string path_;
  std::size_t at_ = 0;
  std::size_t last_ = 0;
  std::vector<Level> levels_;
  Bytes scratch_;
};

}  // namespace qember::qber
