// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a stream in a file says of its machine.
#pragma once

#include "../report.hpp"

#include <qember/advanced/vm/machine_state.hpp>
#include <qember/advanced/vm/opened_stream.hpp>

namespace qember::cli {

/// Reads the file of that place, and completes the place.
Result<vm::MachineState> read_machine(Place& place, vm::StreamOptions options);

}  // namespace qember::cli
