// SPDX-License-Identifier: LGPL-2.1-or-later
/// Which kernel runs.
#pragma once

#include "kernels.hpp"

#include <qember/advanced/core/result.hpp>

#include <atomic>
#include <string_view>
#include <vector>

namespace qember::ram {

/// Those that this processor can run, the preferred one first.
std::vector<const Kernel*> supported_kernels();

/// The one of that name, or the preferred one where the name is empty.
Result<const Kernel*> select_kernel(std::string_view name);

/// The one that QEMBER_KERNELS names, or the preferred one; the scalar one where the named can't be had,
/// which `active_kernel` tells. Chosen at the first call.
const Kernel& choose_kernel() noexcept;
extern std::atomic<const Kernel*> chosen_kernel;

inline const Kernel& kernel() noexcept {
  const Kernel* const chosen = chosen_kernel.load(std::memory_order_relaxed);
  return chosen != nullptr ? *chosen : choose_kernel();
}

}  // namespace qember::ram
