// SPDX-License-Identifier: LGPL-2.1-or-later
/// What the operating system refused, as an `Error`.
#pragma once

#include <qember/advanced/core/error.hpp>

namespace qember::io {

/// The system's last error (`errno`): `Errc::io`, whose path is `name`, the file or what stands for it, and
/// whose `found` is the system's message; `Errc::cancelled` for a pipe that nobody reads any more. `offset`:
/// of the first byte that was not read or written.
Error system_error(std::string name, std::uint64_t offset = 0);

}  // namespace qember::io
