// SPDX-License-Identifier: LGPL-2.1-or-later
/// The face of the library: saved VMs, and what is done with whole streams.
///
///     auto vm = qember::SavedVm::open("vm.save").or_throw();
///     auto rip = vm.device("cpu").or_throw().get<std::uint64_t>("env.eip").or_throw();
///     std::vector<std::uint8_t> page(4096);
///     vm.memory().read_physical(0x1000, page).or_throw();
#pragma once

#include <qember/advanced/dump/core_writer.hpp>
#include <qember/advanced/vm/check.hpp>
#include <qember/advanced/vm/compare.hpp>
#include <qember/advanced/vm/convert.hpp>
#include <qember/advanced/vm/saved_vm.hpp>
#include <qember/advanced/vm/unwrap.hpp>

namespace qember {

using Device = device::SavedDevice;
using Field = device::SavedField;
using dump::write_elf_core;
using vm::check;
using vm::compare;
using vm::convert;
using vm::Memory;
using vm::SavedVm;
using vm::SavedVmOptions;
using vm::Unsent;
using vm::unwrap;
using vm::wrap;

}  // namespace qember
