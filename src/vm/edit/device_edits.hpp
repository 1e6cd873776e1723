// SPDX-License-Identifier: LGPL-2.1-or-later
/// The edits of what is in a device's section.
#pragma once

#include <qember/advanced/vm/edit.hpp>
#include <qember/advanced/vm/selector.hpp>

#include "description_changes.hpp"
#include "places.hpp"

#include <set>

namespace qember::vm {

/// Whether the description may have to say something else after it, and how long its device is.
bool changes_description(const Edit& edit);

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
  bool empty() const noexcept {
    return settings_.empty() && cuts_.empty() && clearings_.empty() && patches_.empty() && vectors_.empty() &&
           additions_.empty() && mendings_.empty();
  }
  /// Whether some may change the description.
  bool may_change_description() const noexcept { return may_change_description_; }

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
  struct Patch {
    const SetBytes* edit;
    DeviceSelector selector;
    std::uint64_t at = 0;
  };
  struct Vectors {
    const SetVectors* edit;
    DeviceSelector selector;
    bool is_done = false;
  };
  struct Addition {
    const AddDefault* edit;
    FieldSelector selector;
    bool is_done = false;
  };
  struct Mending {
    const MendRequests* edit;
    DeviceSelector selector;
    bool is_done = false;
  };
  /// Bytes of a body that go, and others that come in their place. Of one within another the outer one
  /// counts.
  struct Splice {
    std::size_t at = 0;
    std::size_t size = 0;
    Bytes bytes{};
    const device::Structure* cut = nullptr;  ///< that they are
    const device::Field* buffer = nullptr;   ///< that they are in
    FieldPlace counter{};                    ///< of the elements of the array that they are
    std::uint64_t count = 0;                 ///< what it is to say
  };

  static Status clear(const device::Device& device, std::string_view feature, Clearing& clearing,
                      Bytes& body);
  Status set_all(const device::Device& device, const std::set<const Setting*>& lengthened,
                 const std::vector<Splice>& all, Bytes& body);
  Status set(const device::Device& device, std::string_view path, Setting& setting,
             const std::vector<Splice>& all, Bytes& body) const;
  std::optional<FieldPlace> find_counter(const device::Device& device, ByteView body, std::size_t before,
                                         std::size_t after);
  Result<bool> set_length(const device::Device& device, std::string_view path, ByteView body,
                          Setting& setting, std::vector<Splice>& all, DescriptionChanges& changes);
  static Status check_counters(ByteView body, const std::vector<Splice>& all);
  Status patch_all(const device::Device& device, const std::vector<Splice>& all, Bytes& body);
  Status find_splices(const device::Device& device, ByteView body, std::vector<Splice>& all,
                      DescriptionChanges& changes);
  static Status find_cut(const device::Device& device, std::string_view name, ByteView body, Cut& cut,
                         std::vector<Splice>& all);
  Status find_place(const device::Device& device, std::string_view field, ByteView body, Addition& addition,
                    std::vector<Splice>& all, DescriptionChanges& changes);
  static Status find_vectors(const device::Device& device, ByteView body, Vectors& vectors,
                             std::vector<Splice>& all);
  static Status find_requests(const device::Device& device, ByteView body, Mending& mending,
                              std::vector<Splice>& all);
  static bool has_splice(const std::vector<Splice>& all, std::size_t at, std::size_t size);
  static void splice(std::vector<Splice>& all, Bytes& body, DescriptionChanges& changes);

  Limits limits_;
  std::vector<Setting> settings_;
  std::vector<Cut> cuts_;
  std::vector<Clearing> clearings_;
  std::vector<Patch> patches_;
  std::vector<Vectors> vectors_;
  std::vector<Addition> additions_;
  std::vector<Mending> mendings_;
  bool may_change_description_ = false;
};

}  // namespace qember::vm
