// SPDX-License-Identifier: LGPL-2.1-or-later
/// A saved VM: its devices, its RAM blocks, and any page of its memory.
///
///     #include <iostream>
///
///     const auto vm = qember::SavedVm::open(argv[1]).or_throw();  // a path; - is standard input
///     for (const qember::Device& device : vm.devices().or_throw())
///       std::cout << device.name() << '/' << device.instance() << '\n';
///     for (const auto& block : vm.blocks()) std::cout << block.name << ' ' << block.length << '\n';
///     const auto block = vm.blocks().front().name;
///     qember::Bytes page(vm.memory().page_size().or_throw());
///     vm.memory().read(block, 0, page, qember::Unsent::zeros).or_throw();
///
/// - Opens QEMU's native stream, the BER form, and what people hold either in: a libvirt save, a qcow2
///   snapshot, a compressed file. Sources are a path, a descriptor, bytes in memory, or a `ByteSource`.
/// - Errors are values, see qember/result.hpp: `Errc::usage` for a device or block that is not there,
///   `Errc::unsupported` for memory that is not in the stream, and those of the stream itself.
/// - A `Device` and `Memory` share what they hold and stay valid without the VM. Views (`blocks`, fields,
///   bytes) are valid as long as a copy of what gave them. Bytes or a source that were opened outlive the VM.
/// - A VM, its copies and its `Memory` belong to one thread at a time; distinct VMs may be used concurrently.
/// - Opening reads the begin of the stream. Devices of a large native file are read from its end, and
///   otherwise, and for the first page that is asked for, the stream is read once. Then a page costs a read
///   of the file, a field one lookup.
/// - `device` and `devices` take what the command's `--device` does: `cpu`, `cpu/0`, `0000:00:*`. What is
///   not there, or is several where one is wanted, is an error that names those that are.
/// - Addresses, offsets and lengths are in bytes. `read_physical` takes guest-physical addresses.
#pragma once

#include <qember/advanced/core/cxx20.hpp>

#include <qember/advanced/vm/memory.hpp>
#include <qember/advanced/vm/placed_ram.hpp>
#include <qember/advanced/vm/saved_vm.hpp>
#include <qember/advanced/vm/summary.hpp>
#include <qember/device.hpp>

namespace qember {

/// The memory of a saved VM, by block and by guest-physical address.
using vm::Memory;
/// Where a part of a RAM block lies in guest-physical memory.
using vm::PlacedRam;
/// Where all of it lies, and what has no place.
using vm::RamLayout;
/// A saved VM.
using vm::SavedVm;
/// How a saved VM is opened.
using vm::SavedVmOptions;
/// What is in a stream, counted; see qember/summary.hpp.
using vm::Summary;
/// What to do with pages that the stream does not hold.
using vm::Unsent;
/// A RAM block: its name, its length, and its address where the stream names that.
using event::RamBlock;

}  // namespace qember
