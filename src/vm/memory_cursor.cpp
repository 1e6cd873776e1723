// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/memory_cursor.hpp>

#include <qember/advanced/vm/paging.hpp>

namespace qember::vm {
namespace {

Error refuse_register(const device::CpuRegisters& cpu, std::string_view where) {
  Closest closest(where);
  for (const device::Register& each : cpu.registers) {
    closest.consider(each.name);
    closest.consider(each.alias);
  }
  return {Errc::usage, 0, "memory", "a virtual ADDRESS, or a register of the CPU",
          std::string(where) + (closest.best().empty() ? hex_hint(where) : closest.hint())};
}

}  // namespace

Result<MemoryCursor> MemoryCursor::at(const SavedVm& vm, std::string_view where) {
  const auto place = parse_place(where, vm.blocks());
  if (!place) return place.error();
  return MemoryCursor(vm, *place);
}

Result<MemoryCursor> MemoryCursor::at_virtual(const SavedVm& vm, std::string_view where,
                                              std::uint32_t number) {
  const auto cpu = vm.device(device::cpu_section, number);
  if (!cpu) return cpu.error();
  if (!cpu->is_described())
    return Error{Errc::unsupported, 0, "cpu", "registers that the stream describes",
                 "no description of them"};
  auto registers = device::read_registers(*cpu->description(), cpu->body());
  if (!registers) return std::move(registers.error());
  const device::Register* const named = registers->find(where);
  const auto address = named != nullptr ? named->value : parse_address(where);
  if (!address) return refuse_register(*registers, where);
  MemoryCursor cursor(vm, {std::nullopt, *address});
  cursor.cpu_ = std::move(*registers);
  return cursor;
}

/// Half as many are tried where something among them can't be read.
Result<std::size_t> MemoryCursor::next(MutableBytes to) {
  auto count = attempt(to);
  while (!count && to.size() > 1) {
    to = to.first(to.size() / 2);
    count = attempt(to);
  }
  if (count) place_.address += *count;
  return count;
}

Result<std::size_t> MemoryCursor::attempt(MutableBytes to) {
  if (cpu_) return next_virtual(to);
  const auto memory = vm_.memory();
  const auto status = place_.block ? memory.read(*place_.block, place_.address, to)
                                   : memory.read_physical(place_.address, to);
  if (!status) return status.error();
  return to.size();
}

Result<std::size_t> MemoryCursor::next_virtual(MutableBytes to) {
  const auto memory = vm_.memory();
  const ReadPhysical read = [&memory](std::uint64_t address, MutableBytes bytes) {
    return memory.read_physical(address, bytes);
  };
  const auto found = translate(*cpu_, place_.address, read);
  if (!found) return found.error();
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(found->size, to.size()));
  if (auto status = memory.read_physical(found->address, to.first(count)); !status) return status.error();
  return count;
}

}  // namespace qember::vm
