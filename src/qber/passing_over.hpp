// SPDX-License-Identifier: LGPL-2.1-or-later
/// Elements that come in parts and of which the rest is passed over: after a refusal, so that the reading
/// goes on behind it, and of what may be skipped.
#pragma once

#include <qember/advanced/qber/section_reader.hpp>

#include <utility>

namespace qember::qber {

class PassingOver {
 public:
  bool is_on() const { return what_ != What::nothing; }
  /// The parts of the element that begins with `event`, or goes on with it.
  void begin(const SectionEvent& event) {
    if (std::holds_alternative<RamBegin>(event)) what_ = What::ram;
    if (std::holds_alternative<RamBlockBegin>(event)) what_ = What::block;
    if (std::holds_alternative<BlobBegin>(event) || std::holds_alternative<BlobData>(event)) begin_blob();
  }
  void begin_blob() { what_ = What::blob; }
  /// Whether `event` is such a part.
  bool covers(const SectionEvent& event) {
    const bool is_page = std::holds_alternative<ram::PageView>(event);
    switch (const What what = std::exchange(what_, What::nothing)) {
      case What::nothing: return false;
      case What::block: return goes_on(what, is_page);
      case What::ram: return goes_on(what, is_page || std::holds_alternative<RamBlockBegin>(event));
      case What::blob: goes_on(what, !std::holds_alternative<BlobEnd>(event)); return true;
    }
    return false;
  }

 private:
  enum class What : std::uint8_t { nothing, ram, block, blob };

  bool goes_on(What what, bool more) {
    if (more) what_ = what;
    return more;
  }

  What what_ = What::nothing;
};

}  // namespace qember::qber
