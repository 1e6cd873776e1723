// SPDX-License-Identifier: LGPL-2.1-or-later
/// Reads memory of a saved VM from some place on: of a RAM block, or at guest-physical or virtual addresses.
#pragma once

#include <qember/advanced/device/registers.hpp>
#include <qember/advanced/vm/saved_vm.hpp>
#include <qember/advanced/vm/selector.hpp>

namespace qember::vm {

/// Shares what `vm` holds, which need not outlive it.
class MemoryCursor {
 public:
  /// From `where` on: BLOCK+OFFSET or a guest-physical ADDRESS, see selector.hpp. `Errc::usage` where it is
  /// neither.
  static Result<MemoryCursor> at(const SavedVm& vm, std::string_view where);
  /// From a virtual ADDRESS on, or from what the register of that name holds, to which no segment is added,
  /// by the page tables of the CPU with that `number`. `Errc::usage` for a block's, and
  /// `Errc::unsupported` where the stream does not describe the registers of that CPU.
  static Result<MemoryCursor> at_virtual(const SavedVm& vm, std::string_view where, std::uint32_t number);

  /// Where the bytes that come next are: in the block, guest-physical or virtual.
  std::uint64_t address() const noexcept { return place_.address; }
  /// Fills the front of `to`, which is not empty, and says how many bytes that are; an error where not even
  /// one can be read.
  Result<std::size_t> next(MutableBytes to);

 private:
  MemoryCursor(SavedVm vm, MemoryPlace place) : vm_(std::move(vm)), place_(place) {}
  Result<std::size_t> attempt(MutableBytes to);
  Result<std::size_t> next_virtual(MutableBytes to);

  SavedVm vm_;
  MemoryPlace place_;
  std::optional<device::CpuRegisters> cpu_;  ///< by whose page tables
};

}  // namespace qember::vm
