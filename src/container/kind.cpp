// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/container/kind.hpp>

#include "magic.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace qember::container {
namespace {

using namespace std::string_view_literals;

struct Magic {
  std::string_view bytes;
  Kind kind;
};

/// None of them is the beginning of another.
constexpr std::array magics{
    Magic{"QEVM"sv, Kind::qevm},
    Magic{"\x7f\xcd\xc5\x51"sv, Kind::ber},
    Magic{"LibvirtQemudSave"sv, Kind::libvirt},
    Magic{"LibvirtQemudPart"sv, Kind::libvirt},
    Magic{"QFI\xfb"sv, Kind::qcow2},
    Magic{"\x1f\x8b"sv, Kind::gzip},
    Magic{"BZh"sv, Kind::bzip2},
    Magic{"\xfd\x37zXZ\0"sv, Kind::xz},
    Magic{"\x28\xb5\x2f\xfd"sv, Kind::zstd},
    Magic{"\x89LZO\0\r\n\x1a\n"sv, Kind::lzop},
    Magic{"\x04\x22\x4d\x18"sv, Kind::lz4},
    Magic{"\x02\x21\x4c\x18"sv, Kind::lz4},  // the format before frames
    Magic{"\x5d\0\0"sv, Kind::lzma},
    Magic{"\x11\x22\x33\x44\0\0\0\x01"sv, Kind::multifd},
    Magic{"\x16\x03\x01"sv, Kind::tls},  // a handshake (RFC 8446, 5.1)
    Magic{"\x16\x03\x03"sv, Kind::tls},
    Magic{"\x17\x03\x03"sv, Kind::tls},  // data of the application
    Magic{"\x7f"
          "ELF"sv,
          Kind::elf},
    Magic{"makedumpfile"sv, Kind::kdump},
    Magic{"KDUMP   "sv, Kind::kdump},
    Magic{"PAGEDU"sv, Kind::windows_dump},
    Magic{"QCPR"sv, Kind::cpr},
    Magic{"KDMV"sv, Kind::disk},                            // VMDK
    Magic{"# Disk DescriptorFile"sv, Kind::disk},           // the description of one
    Magic{"<<< Oracle VM VirtualBox Disk"sv, Kind::disk},   // VDI
    Magic{"<<< QEMU VM Virtual Disk Image"sv, Kind::disk},  // VDI of qemu-img
    Magic{"conectix"sv, Kind::disk},                        // VHD
    Magic{"vhdxfile"sv, Kind::disk},
    Magic{"QED\0"sv, Kind::disk},
    Magic{"WithoutFreeSpace"sv, Kind::disk},  // Parallels
    Magic{"WithouFreSpacExt"sv, Kind::disk},
    Magic{"LUKS\xba\xbe"sv, Kind::disk},
    Magic{"\0\0\x64\x86\x84\x19\x10\x07"sv, Kind::firecracker},  // x86-64, as it lies in the file
    Magic{"\0\0\xaa\xaa\x84\x19\x10\x07"sv, Kind::firecracker},  // aarch64
};

/// A skippable frame, of which zstd has sixteen magics (RFC 8878, 3.1.2).
bool is_skippable_frame(ByteView head) {
  return head.size() >= 4 && (head[0] & 0xf0U) == 0x50 && as_text(head.subspan(1, 3)) == "\x2a\x4d\x18";
}

/// What has no magic at its beginning.
Kind kind_without_magic(ByteView head) {
  const std::string_view text = as_text(head);
  const auto has = [&text](std::string_view word) { return text.find(word) != std::string_view::npos; };
  if (text.starts_with('{') && (has("\"snapshots\"") || has("\"snapshot_data\"") || has("\"boot_vcpus\"")))
    return Kind::cloud_hypervisor;
  constexpr std::size_t mark = 510;  // of a master boot record
  if (text.size() > mark + 1 && text.substr(mark, 2) == "\x55\xaa") return Kind::disk;
  return Kind::unknown;
}

}  // namespace

bool may_begin_magic(ByteView head) {
  return std::ranges::any_of(magics, [&head](const Magic& magic) {
    return magic.kind < Kind::zeros && magic.bytes.starts_with(as_text(head));
  });
}

std::optional<Kind> kind_of(ByteView head) {
  const auto known = std::ranges::find_if(
      magics, [&head](const Magic& magic) { return as_text(head).starts_with(magic.bytes); });
  if (known != magics.end()) return known->kind;
  if (is_skippable_frame(head)) return Kind::zstd;
  if (head.size() < most_head) return std::nullopt;
  const Kind kind = kind_without_magic(head);
  const bool is_zero = std::ranges::all_of(head, [](std::uint8_t byte) { return byte == 0; });
  return is_zero ? Kind::zeros : kind;
}

Kind kind_of_directory(const std::string& path) {
  std::error_code ignored;
  for (const auto* file : {"/state.json", "/memory-ranges"})
    if (!std::filesystem::is_regular_file(path + file, ignored)) return Kind::unknown;
  return Kind::cloud_hypervisor;
}

std::string_view name_of(Kind kind) noexcept {
  switch (kind) {
    case Kind::unknown: return "unknown";
    case Kind::qevm: return "QEVM";
    case Kind::ber: return "BER";
    case Kind::libvirt: return "libvirt save";
    case Kind::qcow2: return "qcow2";
    case Kind::gzip: return "gzip";
    case Kind::bzip2: return "bzip2";
    case Kind::xz: return "xz";
    case Kind::zstd: return "zstd";
    case Kind::lzop: return "lzop";
    case Kind::zeros: return "zeros";
    case Kind::lz4: return "lz4";
    case Kind::lzma: return ".lzma";
    case Kind::multifd: return "a multifd channel";
    case Kind::tls: return "TLS records";
    case Kind::elf: return "an ELF file";
    case Kind::kdump: return "a kdump file";
    case Kind::windows_dump: return "a Windows dump";
    case Kind::cpr: return "a CPR file";
    case Kind::disk: return "a disk";
    case Kind::firecracker: return "a Firecracker snapshot";
    case Kind::cloud_hypervisor: return "a Cloud Hypervisor snapshot";
  }
  return {};
}

std::string_view advice_for(Kind kind) noexcept {
  switch (kind) {
    case Kind::lz4: return "unpack it with `lz4 -dc`";
    case Kind::lzma: return "unpack it with `xz -dc`";
    case Kind::lzop: return "unpack it with `lzop -dc`";
    case Kind::multifd: return "it has pages alone, and the stream is what went over the main channel";
    case Kind::tls: return "capture the stream before it is encrypted, or without TLS";
    case Kind::elf:
    case Kind::kdump: return "a dump has memory and no stream; open it with crash, drgn or gdb";
    case Kind::windows_dump: return "a dump has memory and no stream; open it with WinDbg";
    case Kind::cpr: return "it has file descriptors alone, and the stream is in the file beside it";
    case Kind::disk: return "it has no state of a VM; only qcow2 images have snapshots with one";
    case Kind::firecracker:
    case Kind::cloud_hypervisor: return "it is no stream of QEMU's, and its own VMM restores it";
    default: return {};
  }
}

}  // namespace qember::container
