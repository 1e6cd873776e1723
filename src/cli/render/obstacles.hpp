// SPDX-License-Identifier: LGPL-2.1-or-later
/// What preflight found, as text and as JSON.
#pragma once

#include "../output.hpp"

#include <qember/advanced/vm/preflight.hpp>

namespace qember::cli {

/// `exit_likely` where something is no more than likely; `strict`: what the streams do not tell counts as
/// that.
ExitCode code_of(const vm::Verdict& verdict, bool strict) noexcept;

/// Prints what preflight finds between the two: of each what and where, what QEMU says to it, and what lets
/// the stream in. As lines, and one where there is nothing that refuses, with the name of the machine's file;
/// or, where `member` is not empty, as that member of a JSON object.
vm::Verdict print_obstacles(Lines& out, const vm::MachineState& here, const vm::MachineState& there,
                            const vm::PreflightOptions& options, std::string_view member,
                            const std::string& machine);

}  // namespace qember::cli
