// SPDX-License-Identifier: LGPL-2.1-or-later
/// Runs something in a process of its own, which a watchdog ends after 10 seconds.
#pragma once

#include <functional>
#include <string>

namespace qember::test {

struct Guarded {
  std::string said;       ///< by what ran
  std::string ended;      ///< why it did not come to its end; empty where it did
  long resident_kib = 0;  ///< at most
};

Guarded run_guarded(const std::function<std::string()>& what);

}  // namespace qember::test
