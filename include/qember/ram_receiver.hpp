// SPDX-License-Identifier: LGPL-2.1-or-later
/// The receiving side of a VMM: memory as it comes, in place, and the devices after it.
///
///     #include <fcntl.h>
///
///     qember::Bytes memory(1 << 20U);
///     qember::Input input;
///     qember::RamReceiver receiver(input, {{"pc.ram", memory}});
///     const int empty = ::open("/dev/null", O_RDONLY);  // a socket
///     while (!receiver.done()) {
///       qember::fill(input, empty).or_throw();
///       if (!receiver.receive()) break;  // truncated: nothing came
///     }
///
/// - Whatever the stream claims, nothing is written but whole pages within the regions, each after it was
///   found sound. `applied()` says how far it got.
/// - Regions and the input outlive it. Devices are valid as long as a copy of them.
/// - `Errc::truncated` where a finished input ends early. After an error it applies nothing more, and gives
///   the same error again.
/// - Can be cancelled at any time by destroying it. Belongs to one thread at a time; memory for devices is
///   within `Limits`, those for untrusted input unless others are given.
#pragma once

#include <qember/advanced/core/cxx20.hpp>

#include <qember/advanced/io/fd.hpp>
#include <qember/advanced/live/ram_receiver.hpp>
#include <qember/device.hpp>

namespace qember {

using io::fill;
/// Bytes of an input that have not been read yet.
using io::Input;
/// What came for a region.
using live::Applied;
/// Reads the stream of a VMM, and applies it.
using live::RamReceiver;
/// Memory by the names of its blocks.
using live::Regions;

}  // namespace qember
