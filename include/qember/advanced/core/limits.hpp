// SPDX-License-Identifier: LGPL-2.1-or-later
/// Resource limits for untrusted input: how much of anything it may claim.
#pragma once

#include <cstddef>
#include <cstdint>

namespace qember {

/// What a reader takes before it refuses with `Errc::limit`. The default is for untrusted input.
struct Limits {
  /// Nesting of TLVs, and of structures in device state. Real streams need 20.
  std::size_t max_depth = 64;
  /// TLVs in one section that becomes a tree of values, about 200 bytes of memory each. One of a device that
  /// has more is streamed, another is refused.
  std::size_t max_tlvs = 1U << 15U;
  /// Bytes of a name; QEMU's counted strings cannot hold more.
  std::size_t max_name = 255;
  /// RAM blocks that a stream may have.
  std::size_t max_blocks = 1U << 14U;
  /// Sections that a stream may open, and those of them that hold the state of a device.
  std::size_t max_sections = 1U << 16U;
  /// Bytes of one section that is held whole.
  std::size_t max_section = std::size_t{8} << 20U;
  /// Bytes of a string that is held whole; a longer one is streamed in segments.
  std::size_t max_blob = std::size_t{1} << 20U;
  /// Bytes of a description.
  std::size_t max_description = std::size_t{4} << 20U;
  /// Bytes of RAM in a mapped-ram file, all of which is written out, with zeros for what is not there.
  std::uint64_t max_mapped_ram = std::uint64_t{64} << 30U;
  /// Bytes of device state that is held while its description is awaited, with what each section and
  /// command costs; beyond it device state goes on as blobs.
  std::size_t max_held = std::size_t{8} << 20U;
  /// Bytes of memory for what is remembered of the pages of a stream. Those of 1 TiB take 5 MiB where they
  /// come in order, and at most 80 MiB; the index of where they are takes 90 MiB.
  std::size_t max_page_states = std::size_t{16} << 20U;
  /// Values of one device that are compared by name.
  std::size_t max_compared = std::size_t{1} << 18U;
  /// Bytes of memory for the lengths that a DER encoding has to know in advance.
  std::size_t max_lengths = std::size_t{24} << 20U;
  /// Containers around a stream, one in another, such as a libvirt save in gzip; two of them may be
  /// compressed.
  std::size_t max_containers = 4;
  /// Bytes of memory that a decompressor may take: xz up to -6 and zstd without --ultra need 9 MiB.
  std::size_t max_unpack_memory = std::size_t{16} << 20U;
  /// Bytes that go into a temporary file, where what has to be read at any place comes compressed or by a
  /// pipe.
  std::uint64_t max_spooled = std::uint64_t{16} << 30U;
  /// Snapshots of a qcow2 image.
  std::size_t max_snapshots = 1U << 16U;
  /// Bytes of the table of snapshots of a qcow2 image.
  std::size_t max_snapshot_table = std::size_t{16} << 20U;
  /// Bytes of XML in a libvirt save, with the cookie and the padding, that are held.
  std::size_t max_xml = std::size_t{1} << 20U;
  /// Zeros behind a stream that was decompressed or put together of clusters: some bytes may claim any
  /// number of them.
  std::uint64_t max_unpacked_zeros = std::uint64_t{1} << 30U;

  /// The default, for streams from a source that may be hostile: nothing grows beyond 64 MiB.
  static constexpr Limits untrusted() noexcept { return {}; }
  /// The limits for streams of one's own: as large as real machines get.
  static constexpr Limits trusted() noexcept {
    Limits limits;
    limits.max_section = std::size_t{1} << 30U;
    limits.max_description = std::size_t{256} << 20U;
    limits.max_mapped_ram = std::uint64_t{1} << 40U;
    limits.max_held = std::size_t{4} << 30U;
    limits.max_page_states = std::size_t{4} << 30U;
    limits.max_compared = std::size_t{1} << 26U;
    limits.max_lengths = std::size_t{4} << 30U;
    limits.max_unpack_memory = std::size_t{4} << 30U;
    limits.max_spooled = std::uint64_t{1} << 40U;
    limits.max_snapshot_table = std::size_t{64} << 20U;
    limits.max_xml = std::size_t{64} << 20U;
    limits.max_unpacked_zeros = std::uint64_t{1} << 40U;
    return limits;
  }
};

}  // namespace qember
