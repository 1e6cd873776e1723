// SPDX-License-Identifier: LGPL-2.1-or-later
#include "machine_file.hpp"

#include "../common_options.hpp"

#include <qember/advanced/event/pump.hpp>

namespace qember::cli {

Result<vm::MachineState> read_machine(Place& place, vm::StreamOptions options) {
  const Limits limits = options.limits;
  auto stream = open_stream(place, std::move(options));
  if (!stream) return std::move(stream.error());
  vm::MachineReader reader(**stream, limits);
  if (auto status = event::pump(**stream, reader); !status) return std::move(status.error());
  return reader.take_state();
}

}  // namespace qember::cli
