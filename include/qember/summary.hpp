// SPDX-License-Identifier: LGPL-2.1-or-later
/// What is in a stream, counted: machine, blocks, pages by the way they were sent, devices and how much of
/// their state has names.
///
///     #include <iostream>
///
///     const auto vm = qember::SavedVm::open(argv[1]).or_throw();
///     const qember::Summary summary = vm.summary().or_throw();
///     std::cout << summary.pages.zero << " pages of zeros, " << summary.pages.full << " in full, "
///               << summary.devices.size() << " devices\n";
///
/// - The stream is read once, from its begin to its end; an error is that of the first byte that cannot be
///   accepted.
/// - qember/saved_vm.hpp is enough for `summary` and all that is in it; this has the names of its parts.
/// - A summary is a value of its own. Sizes are in bytes, pages are counted as often as they were sent.
#pragma once

#include <qember/advanced/core/cxx20.hpp>

#include <qember/advanced/vm/summary.hpp>
#include <qember/saved_vm.hpp>

namespace qember {

/// A device in a summary: its name, its size, and whether its values have names.
using vm::DeviceSummary;
/// How a section of device state is known.
using vm::DeviceTyping;

}  // namespace qember
