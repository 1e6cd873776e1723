// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/ram/kernels.hpp>

#include "dispatch.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <string>

namespace qember::ram {
namespace {

/// The preferred one first, the one that runs everywhere last.
constexpr std::array table = {
#if defined(__x86_64__)
    &avx512_kernel,
    &avx2_kernel,
#elif defined(__aarch64__)
    &neon_kernel,
#endif
    &scalar_kernel,
};

const Result<const Kernel*>& choice() {
  static const Result<const Kernel*> result = [] {
    const char* const name = std::getenv("QEMBER_KERNELS");
    return select_kernel(name == nullptr ? "" : name);
  }();
  return result;
}

}  // namespace

std::vector<const Kernel*> supported_kernels() {
  std::vector<const Kernel*> kernels;
  std::ranges::copy_if(table, std::back_inserter(kernels),
                       [](const Kernel* kernel) { return kernel->supported(); });
  return kernels;
}

Result<const Kernel*> select_kernel(std::string_view name) {
  std::string expected;
  for (const Kernel* kernel : supported_kernels()) {
    if (name.empty() || kernel->name == name) return kernel;
    expected.append(expected.empty() ? "one of " : ", ").append(kernel->name);
  }
  return Error{Errc::usage, 0, "QEMBER_KERNELS", std::move(expected), std::string(name)};
}

constinit std::atomic<const Kernel*> chosen_kernel = nullptr;

const Kernel& choose_kernel() noexcept {
  const Kernel& kernel = choice() ? **choice() : scalar_kernel;
  chosen_kernel.store(&kernel, std::memory_order_relaxed);
  return kernel;
}

std::vector<KernelInfo> available_kernels() {
  std::vector<KernelInfo> infos;
  for (const Kernel* kernel : supported_kernels()) infos.push_back({kernel->name});
  return infos;
}

Result<KernelInfo> active_kernel() {
  if (!choice()) return choice().error();
  return KernelInfo{kernel().name};
}

}  // namespace qember::ram
