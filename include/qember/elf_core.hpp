// SPDX-License-Identifier: LGPL-2.1-or-later
/// An ELF core of a saved VM for crash, gdb and drgn: memory by guest-physical address, the registers of each
/// CPU, and VMCOREINFO where the guest has it.
///
///     const auto vm = qember::SavedVm::open(argv[1]).or_throw();
///     const auto written = qember::write_elf_core(vm, argv[2]);  // a path
///     if (!written && written.error().code != qember::Errc::unsupported) return 1;
///
/// - `Errc::unsupported` for a machine whose layout or architecture is not known, and for RAM that is not in
///   the stream or would be left out. Nothing uncertain is written.
/// - A path is written atomically: it is there when all of it is. The file is sparse.
/// - `CoreNotices` say what the core lacks all the same.
/// - Reads the stream once, in memory within `Limits`.
#pragma once

#include <qember/advanced/core/cxx20.hpp>

#include <qember/advanced/dump/core_writer.hpp>
#include <qember/saved_vm.hpp>

namespace qember {

/// What a core that was written lacks.
using dump::CoreNotices;
/// What goes into a core, and where.
using dump::CoreOptions;
using dump::write_elf_core;

}  // namespace qember
