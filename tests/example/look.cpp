// SPDX-License-Identifier: LGPL-2.1-or-later
// Registers, blocks, memory and a field of a saved VM, as the README has it.
#include <qember/saved_vm.hpp>

#include <iostream>

int main(int, char** argv) {
  const auto vm = qember::SavedVm::open(argv[1]).or_throw();  // a path; - is standard input
  std::cout << std::hex;
  for (const auto& cpu : vm.devices("cpu").or_throw())
    for (const auto* path : {"env.eip", "env.eflags", "env.regs[4]", "env.cr[3]"})
      std::cout << path << ' ' << cpu.get<std::uint64_t>(path).or_throw() << '\n';
  for (const auto& block : vm.blocks()) std::cout << block.name << ' ' << block.length << '\n';
  std::vector<std::uint8_t> bytes(4096);
  vm.memory().read_physical(std::stoull(argv[2], nullptr, 0), bytes).or_throw();
  std::cout << "irr " << vm.device("i8259").or_throw().get<int>("irr").or_throw() << '\n';
  for (const unsigned byte : bytes) std::cout << byte << ' ';
}
