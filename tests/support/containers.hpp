// SPDX-License-Identifier: LGPL-2.1-or-later
/// Containers around a stream, made by hand.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <optional>
#include <string>
#include <vector>

namespace qember::test {

/// The header of a libvirt save.
struct SaveHeader {
  std::string magic = "LibvirtQemudSave";
  std::uint32_t version = 2;
  std::uint32_t was_running = 0;
  std::uint32_t format = 0;
  bool is_big_endian = false;
  std::string xml = "<domain type='qemu'><name>guest</name><uuid>c0ffee</uuid></domain>";
  std::string cookie = "<cookie/>";
  std::size_t padding = 64;
  std::optional<std::uint32_t> data_length{};  ///< another one than that of the texts
};

Bytes libvirt_save(const SaveHeader& header, ByteView data);

enum class Clusters : std::uint8_t { plain, deflate, zstd };

/// A snapshot of an image, and the state of the VM in it.
struct ImageSnapshot {
  std::string id = "1";
  std::string name = "s1";
  Bytes state{};
  std::uint64_t disk_size = 1;
  std::optional<std::uint64_t> state_size{};  ///< another one than that of the state
};

struct Image {
  std::uint32_t version = 3;
  std::uint32_t cluster_bits = 9;
  bool has_extended_l2 = false;
  Clusters clusters = Clusters::plain;
  std::uint32_t encryption = 0;
  std::uint64_t incompatible = 0;  ///< beyond what the form asks for
  std::uint32_t extra_size = 24;   ///< bytes of extra data of a snapshot
  std::vector<ImageSnapshot> snapshots{};
};

/// Clusters and subclusters of zeros are not there.
Bytes qcow2(const Image& image);

Bytes gzip(ByteView plain);
Bytes bzip2(ByteView plain);
Bytes xz(ByteView plain, std::uint32_t preset = 1);
/// `window`: its bits.
Bytes zstd(ByteView plain, int window = 17);

}  // namespace qember::test
