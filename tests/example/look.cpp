// SPDX-License-Identifier: LGPL-2.1-or-later
// Registers, blocks, memory and a field of a saved VM, as the README has it.
#include <qember/saved_vm.hpp>

#include <iostream>

int main(int, char** argv) {
  const auto vm = qember::SavedVm::open(argv[1]).or_throw();  // a path; - is standard input
  for (const auto& cpu : vm.cpus().or_throw())
    for (const auto& each : qember::read_registers(cpu).or_throw().registers)
      std::cout << each.name << ' ' << to_string(each) << '\n';
  for (const auto& block : vm.blocks()) std::cout << block.name << ' ' << block.length << '\n';
  std::vector<std::uint8_t> bytes(4096);
  vm.memory().read_physical(std::stoull(argv[2], nullptr, 0), bytes).or_throw();
  std::cout << "irr " << vm.device("i8259/0").or_throw().get<int>("irr").or_throw() << '\n';
  for (const unsigned byte : bytes) std::cout << std::hex << byte << ' ';
}
