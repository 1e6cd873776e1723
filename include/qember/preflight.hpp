// SPDX-License-Identifier: LGPL-2.1-or-later
/// Would a machine take a saved VM? Told from a stream that such a machine saved when it had been started
/// with its own command line and `-S`.
///
///     #include <iostream>
///
///     const auto here = qember::SavedVm::open(argv[1]).or_throw();
///     const auto there = qember::SavedVm::open(argv[1]).or_throw();
///     qember::preflight(here, there, [](const qember::Obstacle& obstacle) {
///       std::cout << obstacle.where << ": " << obstacle.what << '\n';
///     }).or_throw();
///
/// - Every obstacle is given, in the order in which QEMU would meet it, and says how certain it is. None does
///   not promise that the guest runs on: `Certainty::untold` is for what the streams do not tell.
/// - An obstacle is valid during the call. The path of an error begins with `here` or `there`.
/// - Each stream is read once, in memory within `Limits`.
#pragma once

#include <qember/advanced/core/cxx20.hpp>

#include <qember/advanced/vm/preflight.hpp>
#include <qember/saved_vm.hpp>

namespace qember {

/// How certain it is that the machine refuses the stream.
using vm::Certainty;
/// What stands in the way.
using vm::Obstacle;
using vm::preflight;
/// What else is known of the target.
using vm::PreflightOptions;
using vm::QemuVersion;
/// An edit that mends it, and what it is to the guest.
using vm::Remedy;
using vm::Safety;
/// What the target's virtio devices offer.
using vm::read_virtio_status;
using vm::VirtioStatus;

}  // namespace qember
