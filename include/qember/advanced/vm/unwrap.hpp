// SPDX-License-Identifier: LGPL-2.1-or-later
/// A stream out of what it is held in, and into a libvirt save.
#pragma once

#include <qember/advanced/container/libvirt_save.hpp>
#include <qember/advanced/vm/convert.hpp>

namespace qember::vm {

/// How a stream is taken out.
struct UnwrapOptions {
  /// How the stream is read; `before_wait` and `reorder` are the call's own.
  StreamOptions read{};
  /// Makes it a stream that any QEMU of the machine's version loads from a pipe: the pages of a mapped-ram
  /// file in its records, compressed pages as they were before, BER as the native stream. What decides where
  /// the rest of the RAM is stays, and the target needs the same: x-ignore-shared, the commands of postcopy.
  /// `Errc::unsupported` for the main channel of a multifd migration without the others.
  bool plain = false;
  /// Called now and then with the number of bytes that were read.
  std::function<void(std::uint64_t)> progress{};
};

/// Writes the stream that `source` holds, byte for byte, without what follows its end; a multifd set as the
/// one stream that it makes. A mapped-ram stream that does not begin where its file does is laid out anew, as
/// QEMU would have written it at offset 0. Errors as of `convert`; `Errc::trailing_data` where other bytes
/// than zeros follow, unless they are allowed.
Status unwrap(io::ByteSource& source, const Drain& drain, const UnwrapOptions& options = {});

/// How a save is made.
struct WrapOptions {
  /// How the stream is read; `before_wait` and `reorder` are the call's own.
  StreamOptions read{};
  /// Where XML, cookie and the rest of the header are from. Its format is that of the save.
  container::LibvirtSave like{};
  /// Called now and then with the number of bytes that were read.
  std::function<void(std::uint64_t)> progress{};
};

/// Writes a save that libvirt restores: a header, the texts, and the stream that `source` holds, compressed
/// as `like.format` says. Of a mapped-ram stream `sparse` keeps the layout, and needs one; other formats have
/// it in records. `Errc::unsupported` for lzop, whose only library is under the GPL.
Status wrap(io::ByteSource& source, const Drain& drain, const WrapOptions& options);

}  // namespace qember::vm
