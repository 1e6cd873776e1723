// SPDX-License-Identifier: LGPL-2.1-or-later
/// The instruction sets that pages are compared and encoded with.
///
/// The best that the processor supports is chosen once, at run time. The environment variable
/// QEMBER_KERNELS (`avx512`, `avx2`, `neon` or `scalar`) forces one. All give the same results.
#pragma once

#include <qember/advanced/core/result.hpp>

#include <string_view>
#include <vector>

namespace qember::ram {

struct KernelInfo {
  std::string_view name;
};

/// The kernels that this processor can run, the preferred one first.
std::vector<KernelInfo> available_kernels();

/// The one in use; an error of `Errc::usage` where QEMBER_KERNELS names one that is unknown or can't run
/// here. Functions such as `is_zero` cannot report that, and work on with `scalar`: a program asks here
/// once, before it uses them.
Result<KernelInfo> active_kernel();

}  // namespace qember::ram
