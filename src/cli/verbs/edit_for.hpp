// SPDX-License-Identifier: LGPL-2.1-or-later
/// What of a stream is to be edited for a machine to take it.
#pragma once

#include "../output.hpp"

#include <qember/advanced/vm/remedies.hpp>

namespace qember::cli {

/// Those edits that may be done: the safe ones, and of those that are safe under a condition the kinds in
/// `allowed`. Prints each as the option that makes it, with what the guest may notice, and says what is not
/// to be done. Nothing where that is so for any. Those that are `given` are done anyway.
std::optional<std::vector<vm::Edit>> choose_edits(Lines& out, const std::vector<vm::Remedy>& remedies,
                                                  const std::vector<std::string>& allowed,
                                                  std::span<const vm::Edit> given);

}  // namespace qember::cli
