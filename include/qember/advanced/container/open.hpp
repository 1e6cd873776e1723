// SPDX-License-Identifier: LGPL-2.1-or-later
/// Opens what a stream is held in: a libvirt save, a qcow2 image, a compressed file, and one in another. What
/// a file is, its bytes tell and not its name.
#pragma once

#include <qember/advanced/container/kind.hpp>
#include <qember/advanced/container/libvirt_save.hpp>
#include <qember/advanced/container/qcow2.hpp>
#include <qember/advanced/container/unpack.hpp>

namespace qember::container {

/// What was found on the way to a stream, also where it could not be opened.
struct Contents {
  /// Each container, the outermost first, such as `libvirt save (zstd)`, then the form of the stream.
  std::vector<std::string> way;
  std::optional<LibvirtSave> libvirt;
  std::optional<Qcow2Image> qcow2;
  std::optional<std::size_t> snapshot;  ///< index of the one that was opened
};

/// The way in, such as `libvirt save (zstd) > QEVM`.
std::string to_string(const std::vector<std::string>& way);

/// The error of a kind that holds no stream, or none that can be read.
Error refusal_of(Kind kind);

/// Opens a file, `-` for standard input; a directory that is no stream is refused as what it is.
Result<std::unique_ptr<io::ByteSource>> open_file(const std::string& path);

struct Options {
  Limits limits{};
  /// Where the stream or its container begins in the file, which some writers leave to the user to know.
  std::optional<std::uint64_t> offset{};
  /// The snapshot of a qcow2 image; see `choose_snapshot`.
  std::string snapshot{};
  /// Bytes other than zeros behind compressed data are passed over.
  bool allow_trailing = false;
  /// Unpacks lzop, whose only library is under the GPL; without it lzop is not supported.
  Unpack unpack_lzop{};
  /// A multifd channel is wanted, and not a stream.
  bool wants_channel = false;
};

/// The bytes of a stream, which begin with a magic of QEMU's or of the BER form, or of a multifd channel.
class Opened {
 public:
  /// `source` outlives what it returns; one that is not seekable has not been read. `Errc::unknown_magic`
  /// where it is nothing that is known, `Errc::unsupported` where that is no stream. `contents` are of the
  /// way as far as it went; they outlive the result.
  static Result<std::unique_ptr<Opened>> open(io::ByteSource& source, const Options& options,
                                              Contents& contents);
  ~Opened();
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;

  Kind kind() const noexcept { return kind_; }
  io::PeekedSource& bytes() const noexcept { return *bytes_; }
  /// The same bytes as far as there may be more for a mapped-ram stream; see `SnapshotState`.
  io::ByteSource& extent() const noexcept { return extent_ != nullptr ? *extent_ : *bytes_; }
  /// Bytes before the stream in what QEMU wrote to, which offsets in a mapped-ram stream count from.
  std::uint64_t base() const noexcept { return base_; }
  /// Whether the bytes run as those of the file do, from `base` on.
  bool is_in_file() const noexcept { return is_in_file_; }
  /// Whether bytes are decompressed, so that they may claim to be any number.
  bool is_unpacked() const noexcept { return is_unpacked_; }

 private:
  friend class Opening;
  Opened() = default;

  std::vector<std::unique_ptr<io::ByteSource>> layers_;  ///< each of them is read by the next
  io::PeekedSource* bytes_ = nullptr;
  io::ByteSource* extent_ = nullptr;
  Kind kind_ = Kind::unknown;
  std::uint64_t base_ = 0;
  bool is_in_file_ = true;
  bool is_unpacked_ = false;
};

}  // namespace qember::container
