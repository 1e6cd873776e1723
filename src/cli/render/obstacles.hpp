// SPDX-License-Identifier: LGPL-2.1-or-later
/// What preflight found, as text and as JSON.
#pragma once

#include "../output.hpp"

#include <qember/vm/preflight.hpp>

#include <nlohmann/json_fwd.hpp>

namespace qember::cli {

/// Lines: what and where, what QEMU says to it, and what lets the stream in.
void print_obstacle(Lines& out, const vm::Obstacle& obstacle);
nlohmann::ordered_json to_json(const vm::Obstacle& obstacle);

/// What is to be said of all that was found: `exit_likely` where something is no more than likely.
class Verdict {
 public:
  void note(vm::Certainty certainty);
  /// `strict`: what the streams do not tell counts as likely.
  ExitCode code(bool strict) const;

 private:
  bool certain_ = false;
  bool likely_ = false;
  bool untold_ = false;
};

}  // namespace qember::cli
