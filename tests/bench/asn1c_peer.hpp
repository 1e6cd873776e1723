// SPDX-License-Identifier: LGPL-2.1-or-later
/// The peer: asn1c itself on the same schema, warm, its debug calls off.
#pragma once

#include <qember/advanced/core/bytes.hpp>

namespace qember::bench {

/// A `QemuFile` as asn1c decodes it, whole.
class Asn1cFile {
 public:
  Asn1cFile() = default;
  explicit Asn1cFile(ByteView ber);
  ~Asn1cFile();
  Asn1cFile(const Asn1cFile&) = delete;
  Asn1cFile& operator=(const Asn1cFile&) = delete;
  Asn1cFile& operator=(Asn1cFile&& other) noexcept;

  /// Writes it as DER to nowhere; returns the bytes.
  std::int64_t encode() const;

 private:
  void* value_ = nullptr;
};

}  // namespace qember::bench
