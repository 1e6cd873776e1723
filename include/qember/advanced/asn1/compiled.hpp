// SPDX-License-Identifier: LGPL-2.1-or-later
/// A schema compiled by asn1c, ready for use; only generated code needs it.
#pragma once

#include <qember/advanced/ber/schema.hpp>

#include <memory>

/// What the object with the compiled schema exports.
struct qember_asn1c_backend;

namespace qember::asn1 {

struct Layout;

class Compiled {
 public:
  /// Completes asn1c's descriptors, which are only read from then on: no two threads may do so at once.
  Compiled(const qember_asn1c_backend& backend, const ber::Schema& schema);
  ~Compiled();
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;

  const qember_asn1c_backend& backend() const noexcept { return backend_; }
  const ber::Schema& schema() const noexcept { return schema_; }
  /// The layout of the type with that index in the schema.
  const Layout& layout(std::size_t type) const noexcept;

 private:
  const qember_asn1c_backend& backend_;
  const ber::Schema& schema_;
  std::unique_ptr<Layout[]> layouts_;
};

}  // namespace qember::asn1
