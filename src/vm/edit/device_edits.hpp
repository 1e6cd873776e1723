// SPDX-License-Identifier: LGPL-2.1-or-later
/// The edits of what is in a device's section.
#pragma once

#include <qember/advanced/vm/edit.hpp>
#include <qember/advanced/vm/selector.hpp>

#include "description_changes.hpp"
#include "places.hpp"

namespace qember::vm {

class DeviceEdits {
 public:
  DeviceEdits(std::span<const Edit> edits, const Limits& limits);

  /// What names mean depends on what devices there are.
  void consider(const device::Description& description);
  /// Whether an edit may be of that device.
  bool concerns(const device::Device& device);
  /// Changes the body of a section that fits `device`, and notes what its description no longer says.
  Status apply(const device::Device& device, Bytes& body, DescriptionChanges& changes);
  /// `Errc::usage` for an edit that has changed nothing so far.
  Status missed() const;
  bool empty() const noexcept { return settings_.empty() && cuts_.empty() && clearings_.empty(); }
  /// Whether some may change the description.
  bool may_change_description() const noexcept { return !cuts_.empty(); }

 private:
  struct Setting {
    const SetField* edit;
    FieldSelector selector;
    bool is_done = false;
  };
  struct Cut {
    const DropSubsection* edit;
    FieldSelector selector;
    bool is_done = false;
  };

  struct Clearing {
    const ClearFeature* edit;
    FieldSelector selector;
    bool is_done = false;
  };

  static Status clear(const device::Device& device, std::string_view feature, Clearing& clearing,
                      Bytes& body);
  Status set_all(const device::Device& device, Bytes& body);
  Status set(const device::Device& device, std::string_view path, Setting& setting, Bytes& body) const;
  static Status find_cut(const device::Device& device, std::string_view name, ByteView body, Cut& cut,
                         std::vector<SubsectionPlace>& all);
  static void cut(std::vector<SubsectionPlace>& all, Bytes& body, DescriptionChanges& changes);

  Limits limits_;
  std::vector<Setting> settings_;
  std::vector<Cut> cuts_;
  std::vector<Clearing> clearings_;
};

}  // namespace qember::vm
