// SPDX-License-Identifier: LGPL-2.1-or-later
#include "allocations.hpp"

#include "support/sanitized.hpp"

#include <atomic>
#include <cerrno>
#include <cstring>

#include <malloc.h>

#if !defined(QEMBER_SANITIZED) && !defined(__clang__) && defined(__GLIBC__)
#define QEMBER_COUNT_ALLOCATIONS
#endif

namespace {

std::atomic<std::size_t> in_use{0};
std::atomic<std::size_t> most{0};

}  // namespace

#ifdef QEMBER_COUNT_ALLOCATIONS

// glibc's own, under the names that it gives them.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

static void* counted(void* block) {
  if (block == nullptr) return block;
  const std::size_t now = in_use += malloc_usable_size(block);
  std::size_t before = most;
  while (before < now && !most.compare_exchange_weak(before, now)) {
  }
  return block;
}

static void uncounted(void* block) {
  if (block != nullptr) in_use -= malloc_usable_size(block);
}

void* malloc(std::size_t size) { return counted(__libc_malloc(size)); }
void free(void* block) {
  uncounted(block);
  __libc_free(block);
}
void* calloc(std::size_t count, std::size_t size) {
  if (size != 0 && count > static_cast<std::size_t>(-1) / size) return nullptr;
  void* const block = malloc(count * size);
  if (block != nullptr) std::memset(block, 0, count * size);
  return block;
}
void* realloc(void* block, std::size_t size) {
  uncounted(block);
  return counted(__libc_realloc(block, size));
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return counted(__libc_memalign(alignment, size));
}
void* memalign(std::size_t alignment, std::size_t size) { return counted(__libc_memalign(alignment, size)); }
// What `new` of aligned memory comes to in some builds of libstdc++.
int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
  void* const made = memalign(alignment, size);
  if (made == nullptr) return ENOMEM;
  *block = made;
  return 0;
}
}

bool qember::test::counts_allocations() { return true; }

#else

bool qember::test::counts_allocations() { return false; }

#endif

std::size_t qember::test::allocated() { return in_use; }
std::size_t qember::test::peak_allocated() { return most; }
void qember::test::forget_peak() { most = in_use.load(); }
