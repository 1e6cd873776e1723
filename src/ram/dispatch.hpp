// SPDX-License-Identifier: LGPL-2.1-or-later
/// Which kernel runs.
#pragma once

#include "kernels.hpp"

#include <qember/core/result.hpp>

#include <string_view>
#include <vector>

namespace qember::ram {

/// Those that this processor can run, the preferred one first.
std::vector<const Kernel*> supported_kernels();

/// The one of that name, or the preferred one where the name is empty.
Result<const Kernel*> select_kernel(std::string_view name);

/// The one that `QEMBER_KERNELS` names, chosen once. Where it can't be had this is the scalar one, and
/// `active_kernel` says why.
const Kernel& kernel() noexcept;

}  // namespace qember::ram
