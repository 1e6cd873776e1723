// SPDX-License-Identifier: LGPL-2.1-or-later
/// The face of the library: open a saved VM, and look at its devices and its memory.
///
///     auto vm = qember::SavedVm::open("vm.save").or_throw();
///     auto rip = vm.device("cpu").or_throw().get<std::uint64_t>("env.eip").or_throw();
///     std::array<std::uint8_t, 4096> page;
///     vm.memory().read_physical(0x1000, page).or_throw();
#pragma once

#include <qember/vm/saved_vm.hpp>

namespace qember {

using Device = device::SavedDevice;
using Field = device::SavedField;
using vm::Memory;
using vm::SavedVm;
using vm::SavedVmOptions;
using vm::Unsent;

}  // namespace qember
