// SPDX-License-Identifier: LGPL-2.1-or-later
/// Device state on its way back from BER, straight from the bytes.
#pragma once

#include <qember/advanced/ber/header.hpp>
#include <qember/advanced/device/state.hpp>

namespace qember::qber {

/// The bytes of a string, its segments joined in `scratch` where it has any (X.690 8.7.3): a view of either.
ByteView string_bytes(ByteView tlv, Bytes& scratch);

/// The values of `vmstateentries` in a `SecFull` that has been validated.
class EntrySource final : public device::StateSource {
 public:
  /// `encoded`: the section's TLV, `offset` and `path`: where it is.
  EntrySource(ByteView encoded, std::uint64_t offset, std::string path);

  Kind peek() override;
  Integer integer() override;
  bool boolean() override;
  ByteView blob() override;
  void enter_array() override { enter("array"); }
  void leave_array() override { leave(); }
  void enter_subsections() override { enter("subsecl"); }
  void leave_subsections() override { leave(); }
  bool enter_subsection(std::string_view& name, Integer& version) override;
  void leave_subsection() override;
  Error refuse_next(std::string expected, std::string found) override;
  Error refuse_last(std::string expected, std::string found) override;

 private:
  struct Level {
    std::size_t end;  ///< of the contents; unknown where they are indefinite
    bool indefinite;
    std::string_view name;  ///< what it is called in a path; empty for a sequence, which has no place there
    std::size_t next = 0;   ///< how many values have been taken
    std::size_t last = 0;   ///< where the last of them begins
  };

  bool at_end() const;
  ber::Header header() const;
  ByteView take();
  /// Takes note of the value at hand, which is as good as taken.
  void count();
  void enter(std::string_view name);
  void leave();
  Error refuse(std::size_t at, std::size_t index, std::string expected, std::string found) const;

  ByteView encoded_;
  std::uint64_t offset_;
  std::string path_;
  std::size_t at_ = 0;
  std::vector<Level> levels_;
  Bytes scratch_;
};

}  // namespace qember::qber
