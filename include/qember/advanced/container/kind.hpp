// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a file is by its first bytes: a stream, a container of one, or something that is often taken for one.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace qember::container {

enum class Kind : std::uint8_t {
  unknown,
  qevm,     ///< QEMU's stream
  ber,      ///< its BER form
  libvirt,  ///< libvirt's save image
  qcow2,    ///< a disk image, which may have snapshots with the state of a VM
  gzip,
  bzip2,
  xz,
  zstd,
  lzop,
  zeros,  ///< a stream may begin later
  // What is refused by its name.
  lz4,
  lzma,
  multifd,
  tls,
  elf,
  kdump,
  windows_dump,
  cpr,
  disk,
  firecracker,
  cloud_hypervisor,
};

/// The kind that the first bytes of a file tell; nothing where they are the beginning of several kinds, so
/// that more bytes would tell.
std::optional<Kind> kind_of(ByteView head);
/// This many bytes tell the kind of any file.
inline constexpr std::size_t most_head = 512;

/// What is known to be kept as a directory, by the files in it: a Cloud Hypervisor snapshot, or unknown.
Kind kind_of_directory(const std::string& path);

/// The common name, such as `libvirt save` or `zstd`.
std::string_view name_of(Kind kind) noexcept;
/// What to do with a kind that is refused, such as `unpack it with lz4 -dc`; empty where there is nothing.
std::string_view advice_for(Kind kind) noexcept;

}  // namespace qember::container
