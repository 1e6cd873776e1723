// SPDX-License-Identifier: LGPL-2.1-or-later
/// The edits with which a machine takes a stream that it refuses.
#pragma once

#include <qember/advanced/vm/edit.hpp>
#include <qember/advanced/vm/machine_state.hpp>

namespace qember::vm {

enum class Safety : std::uint8_t {
  safe,         ///< no guest notices, or the stream itself shows that this one does not
  conditional,  ///< it depends on what no stream tells
  unsafe,       ///< it loads, and harms the guest
};

/// `safe`, `conditional`, `unsafe`
std::string_view name_of(Safety safety) noexcept;

struct Remedy {
  Edit edit;
  Safety safety = Safety::safe;
  std::string reason;  ///< why it is that, and what the guest may notice
  /// The element and field that it mends, as an `Obstacle` names them.
  std::string where;
  /// The machine refuses the stream without it; else streams do not tell whether it does.
  bool is_needed = true;
};

/// What of `here` a machine like the one that saved `there` refuses and an edit mends, in the order of the
/// stream: see `preflight`. What it refuses and no edit here mends is not among them.
std::vector<Remedy> find_remedies(const MachineState& here, const MachineState& there);

}  // namespace qember::vm
