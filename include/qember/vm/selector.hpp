// SPDX-License-Identifier: LGPL-2.1-or-later
/// Which sections `--device NAME[/INSTANCE]` means.
#pragma once

#include <qember/device/description.hpp>

#include <string>

namespace qember::vm {

class DeviceSelector {
 public:
  /// Selects all where `text` is empty. NAME may hold `/`, so that all of the text is tried as a name too.
  explicit DeviceSelector(std::string text);

  /// Where a device has all of the text for its name, no other is meant.
  void consider(const device::Description& description);
  bool selects(std::string_view name, std::uint32_t instance) const;
  bool selects_all() const noexcept { return text_.empty(); }

 private:
  std::string text_;
  std::string_view name_;  ///< before the last `/`
  std::optional<std::uint32_t> instance_;
};

}  // namespace qember::vm
