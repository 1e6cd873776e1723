// SPDX-License-Identifier: LGPL-2.1-or-later
/// The edits of whole sections: which there are, and what they are called.
#pragma once

#include <qember/advanced/core/digest.hpp>
#include <qember/advanced/event/session.hpp>
#include <qember/advanced/vm/edit.hpp>
#include <qember/advanced/vm/selector.hpp>

#include "description_changes.hpp"

#include <map>

namespace qember::vm {

class SectionEdits {
 public:
  explicit SectionEdits(std::span<const Edit> edits);

  bool empty() const noexcept { return drops_.empty() && renames_.empty(); }
  void consider(const device::Description& description);

  /// What becomes of a section of that name.
  struct Fate {
    bool is_dropped = false;
    std::optional<SectionName> renamed;
  };
  Result<Fate> fate_of(const event::SectionBegin& section);
  Status missed() const;

 private:
  Status check_alone(const event::SectionBegin& section, const Fate& fate);

  struct Drop {
    const DropSection* edit;
    DeviceSelector selector;
  };
  struct Rename {
    const RenameSection* edit;
    DeviceSelector selector;
  };

  std::vector<Drop> drops_;
  std::vector<Rename> renames_;
  /// Names that sections have now, and whether an edit gave it: for renames alone.
  std::map<std::pair<std::uint64_t, std::uint64_t>, bool> names_;
};

}  // namespace qember::vm
