// SPDX-License-Identifier: LGPL-2.1-or-later
/// Whether a sanitizer watches this build: most of the process's memory is its runtime's then.
#pragma once

// g++ says so by a macro, clang by a feature.
#if defined(__has_feature)
#define QEMBER_HAS_FEATURE(name) __has_feature(name)
#else
#define QEMBER_HAS_FEATURE(name) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    QEMBER_HAS_FEATURE(address_sanitizer) || QEMBER_HAS_FEATURE(thread_sanitizer)
#define QEMBER_SANITIZED
#endif

namespace qember::test {

#ifdef QEMBER_SANITIZED
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

}  // namespace qember::test
