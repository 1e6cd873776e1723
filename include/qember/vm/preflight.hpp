// SPDX-License-Identifier: LGPL-2.1-or-later
/// Would a machine take a saved stream? Told from a stream that such a machine saved.
#pragma once

#include <qember/vm/summary.hpp>

#include <functional>

namespace qember::vm {

struct Obstacle {
  std::string what;
  std::string qemu;  ///< what QEMU would say
};

using TakeObstacle = std::function<void(const Obstacle& obstacle)>;

/// Gives to `take` what would make a machine like the one that saved `other` refuse `stream`, in the order in
/// which it would meet it. Each rule is QEMU's: the machine's name, the page size, every RAM block by name
/// with its length, every section by name and instance with a version that is not newer.
void preflight(const Summary& stream, const Summary& other, const TakeObstacle& take);

}  // namespace qember::vm
