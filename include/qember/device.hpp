// SPDX-License-Identifier: LGPL-2.1-or-later
/// The state of a device by the names that QEMU's own description of a stream has for it, and the registers
/// of a CPU by the names of its architecture.
///
///     #include <qember/saved_vm.hpp>
///
///     #include <iostream>
///
///     const auto vm = qember::SavedVm::open(argv[1]).or_throw();
///     for (const qember::Device& device : vm.devices().or_throw()) {
///       if (!device.is_described()) continue;
///       for (const qember::Field& field : device.fields().or_throw())
///         std::cout << device.name() << ':' << field.path << ' ' << to_string(field) << '\n';
///     }
///     for (const qember::Device& cpu : vm.cpus().or_throw()) {
///       const auto registers = qember::read_registers(cpu).or_throw();
///       for (const qember::Register& each : registers.registers)
///         std::cout << each.name << " = " << to_string(each) << '\n';
///     }
///
/// - Paths are names joined by dots, elements in brackets: `env.regs[3]`. `get<T>` takes any integer or
///   `bool` that holds the value, `get_array<T>` an array, `get_bytes` a buffer. A `Field` is a value or all
///   of an array: `field` takes no path of one element.
/// - `to_string` of a field says what it means where that is known, as `qember show` does.
/// - Names of registers, such as `rip`, are those of `read_registers`, which no path has.
/// - Errors: `Errc::description_mismatch` where nothing has that path or it is of another kind,
///   `Errc::constraint` where the value does not fit in `T`, `Errc::limit` for a device with more values than
///   `Limits::max_compared`; `read_registers` says `Errc::unsupported` of what is no CPU that it knows.
/// - Copies share what they hold; fields and buffers are valid as long as a copy of their device.
/// - The first call for a field walks through the device once; then each takes one lookup. A device belongs
///   to one thread at a time, together with its copies.
#pragma once

#include <qember/advanced/core/cxx20.hpp>

#include <qember/advanced/device/registers.hpp>
#include <qember/advanced/device/saved_device.hpp>

namespace qember {

/// The state of a device in a stream.
using Device = device::SavedDevice;
/// A value of a device, or an array of values.
using Field = device::SavedField;
/// The value of a field: an `Integer`, a `bool`, or bytes.
using device::StateValue;
/// Values as `qember show` prints them, and registers in hexadecimal.
using device::to_string;
/// The registers of a CPU.
using device::CpuRegisters;
/// A register: its name, its width in bits, its value.
using device::read_registers;
using device::Register;
/// What a register belongs to.
using device::RegisterSet;

}  // namespace qember
