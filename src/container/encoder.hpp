// SPDX-License-Identifier: LGPL-2.1-or-later
/// Compressors, for what libvirt decompresses.
#pragma once

#include <qember/advanced/container/libvirt_save.hpp>
#include <qember/advanced/io/output.hpp>

#include <memory>

namespace qember::container {

class Encoder {
 public:
  virtual ~Encoder() = default;
  /// Compresses `in`, and ends what it compresses into with the last call. The error has no place.
  virtual Status encode(ByteView in, bool is_last, io::Output& out) = 0;
};

/// Of one member, block or frame, at a level that libvirt's own programs have; raw data is passed on as it
/// is. `Errc::unsupported` for lzop.
Result<std::unique_ptr<Encoder>> make_encoder(SaveFormat format);

}  // namespace qember::container
