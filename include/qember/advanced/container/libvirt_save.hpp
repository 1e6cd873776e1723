// SPDX-License-Identifier: LGPL-2.1-or-later
/// libvirt's save image: what `virsh save`, managedsave and external snapshots write. A header of 92 bytes,
/// the XML of the domain, a cookie, padding; then the stream, which may be compressed.
#pragma once

#include <qember/advanced/core/limits.hpp>
#include <qember/advanced/io/peeked_source.hpp>

namespace qember::container {

/// How the stream is held; the numbers are libvirt's.
enum class SaveFormat : std::uint32_t { raw, gzip, bzip2, xz, lzop, zstd, sparse };

std::string_view name_of(SaveFormat format) noexcept;

struct LibvirtSave {
  /// libvirt marks a save as incomplete until it is whole, and may have been kept from changing the mark: the
  /// stream's own end counts.
  bool is_marked_complete = false;
  bool is_big_endian = false;
  std::uint32_t version = 0;
  bool was_running = false;  ///< whether a restore starts the guest
  SaveFormat format = SaveFormat::raw;
  std::uint64_t data_offset = 0;  ///< of the stream's first byte, from that of the header
  /// The bytes in the file, without a NUL; empty where there is none. The guest's owner wrote them.
  Bytes xml;
  Bytes cookie;
  /// XML and cookie are larger than `Limits::max_xml`, and have not been read.
  bool is_text_left_out = false;
  /// The name and UUID of the domain, from the XML; empty where it has none.
  std::string domain{};
  std::string uuid{};
};

/// Reads all before the stream; `Errc::truncated` where the file ends there. `offset`: of the header in the
/// file, for errors.
Result<LibvirtSave> read_libvirt_save(io::PeekedSource& file, const Limits& limits, std::uint64_t offset);

/// All before the stream, of a save that is whole: in version 2 and the byte order of `save`, with its texts
/// and room for them to grow in as libvirt leaves it. `Errc::unsupported` where the texts were left out,
/// `Errc::bad_value` where one of them is none, `Errc::limit` where they are more than would be read.
Result<Bytes> head_of(const LibvirtSave& save, const Limits& limits = {});

}  // namespace qember::container
