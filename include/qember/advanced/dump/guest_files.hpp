// SPDX-License-Identifier: LGPL-2.1-or-later
/// The memory of a saved VM as files that are read at any offset, with nothing copied: a page is read from
/// the stream when it is asked for.
#pragma once

#include <qember/advanced/io/byte_source.hpp>
#include <qember/advanced/vm/saved_vm.hpp>

#include <memory>
#include <string>
#include <vector>

namespace qember::dump {

struct SharedVm;

/// Where VMCOREINFO is looked for, which is a note of a core.
enum class VmcoreinfoSearch : std::uint8_t {
  told,    ///< where the guest told its device `vmcoreinfo` that it is
  memory,  ///< there, and else in all of the guest's memory, which is read for it
};

/// A core as a file.
struct CoreFile {
  std::unique_ptr<io::ByteSource> bytes;
  bool has_registers = false;         ///< else the stream does not describe its CPUs
  std::vector<std::string> left_out;  ///< names of blocks: firmware and the memory of devices
};

/// Makes the files of one VM. They are seekable sources of a known size, may be used concurrently, and stay
/// valid without this. Pages that the stream does not hold are zeros. Nobody else uses the VM or its copies.
class GuestFiles {
 public:
  explicit GuestFiles(const vm::SavedVm& vm);

  /// A block, by its index in `SavedVm::blocks`. `Errc::unsupported` where it is not in the stream.
  Result<std::unique_ptr<io::ByteSource>> block(std::uint32_t block) const;
  /// Byte N is the byte at the guest-physical address N, as `ImageWriter` writes it; with its errors.
  Result<std::unique_ptr<io::ByteSource>> image() const;
  /// An ELF core as `write_elf_core` makes it, with its errors. Blocks come in the order of their addresses.
  /// VMCOREINFO is looked for when something before the memory is read first.
  Result<CoreFile> core(VmcoreinfoSearch search) const;
  /// Pages of RAM that has an address and that the stream does not hold.
  Result<std::uint64_t> count_unsent() const;

 private:
  std::shared_ptr<SharedVm> shared_;
};

}  // namespace qember::dump
