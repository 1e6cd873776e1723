// SPDX-License-Identifier: LGPL-2.1-or-later
/// A qcow2 image and the snapshots in it, as docs/interop/qcow2.rst of QEMU has them. All integers are
/// big-endian.
#pragma once

#include <qember/advanced/core/limits.hpp>
#include <qember/advanced/io/byte_source.hpp>

#include <memory>
#include <string>
#include <vector>

namespace qember::container {

struct Snapshot {
  std::string id;             ///< whatever bytes the image has
  std::string name;           ///< need not be the only one, and may look like an id
  std::uint32_t seconds = 0;  ///< since 1970, when it was taken
  std::uint32_t nanoseconds = 0;
  std::uint64_t state_size = 0;  ///< bytes of the VM's state; 0 for a snapshot of the disk alone
  std::uint64_t disk_size = 0;
  std::uint64_t l1_offset = 0;
  std::uint32_t l1_size = 0;  ///< entries
};

struct Qcow2Image {
  std::uint32_t version = 0;
  std::uint32_t cluster_bits = 0;
  std::uint64_t disk_size = 0;
  std::uint32_t encryption = 0;    ///< 0 none, 1 AES, 2 LUKS
  std::uint64_t incompatible = 0;  ///< features that a reader has to know
  std::uint8_t compression = 0;    ///< 0 deflate, 1 zstd
  std::vector<Snapshot> snapshots;

  bool has_extended_l2() const noexcept { return (incompatible >> 4U & 1U) != 0; }
};

/// The header and the table of snapshots, whether or not the rest can be read. `file` is seekable.
Result<Qcow2Image> read_qcow2(io::ByteSource& file, const Limits& limits);

/// `Errc::unsupported` where clusters are encrypted, in another file, or in a form that is not known.
Status check_clusters(const Qcow2Image& image);

/// Which snapshot is meant: `id:N`, `name:S`, or a word that is looked for as an id first and then as a name,
/// as QEMU does; an empty one means the only one with a state. Returns its index. `Errc::usage` where a
/// word finds none or several, or no word is given for several; `Errc::unsupported` where there is no state.
Result<std::size_t> choose_snapshot(const Qcow2Image& image, const std::string& wanted);

/// The state of the VM, put together of its clusters; a hole is zeros.
struct SnapshotState {
  /// The state: as many bytes as the table says.
  std::unique_ptr<io::ByteSource> bytes;
  /// The same from the same place on, as far as there may be clusters: the table's size is what was written,
  /// and less where a mapped-ram stream has holes.
  std::unique_ptr<io::ByteSource> extent;
};

/// `file` outlives what it returns; `check_clusters` of the image is fine.
Result<SnapshotState> open_state(io::ByteSource& file, const Qcow2Image& image, std::size_t index);

}  // namespace qember::container
