// SPDX-License-Identifier: LGPL-2.1-or-later
// The one place where the structures of asn1c are known.
#pragma once

#include "backend.h"

#include <qember/advanced/asn1/compiled.hpp>
#include <qember/advanced/asn1/node.hpp>

#include <INTEGER.h>
#include <OCTET_STRING.h>
#include <asn_SET_OF.h>

namespace qember::asn1 {

struct Layout {
  const Compiled* compiled = nullptr;
  const ber::Type* type = nullptr;
  asn_TYPE_descriptor_t* descriptor = nullptr;
  std::size_t size = 0;          ///< of the structure; 0 where only asn1c knows
  std::size_t which_offset = 0;  ///< of a CHOICE's discriminator
  bool native = false;           ///< an INTEGER held in a long

  const Layout& member(std::size_t index) const { return compiled->layout(type->members[index].type); }
};

/// What asn1c makes of a value in DER, unchecked, after what `out` has.
bool append_der(const Node& node, Bytes& out);

/// The text of an error's path below a root, and the count of values before, for a structure in a tree.
struct Place {
  std::size_t index = 0;
  std::string path;
};
Place find(const Node& root, const asn_TYPE_descriptor_t* descriptor, const void* data);

/// The structure that the schema's constraints refuse, by asn1c's own functions.
struct Refused {
  bool any = false;
  const asn_TYPE_descriptor_t* descriptor = nullptr;
  const void* data = nullptr;
};
Refused check_constraints(const Node& root);

}  // namespace qember::asn1
