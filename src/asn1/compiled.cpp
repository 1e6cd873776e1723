// SPDX-License-Identifier: LGPL-2.1-or-later
#include "layout.hpp"

#include <BOOLEAN.h>
#include <NULL.h>
#include <constr_CHOICE.h>
#include <constr_SEQUENCE.h>
#include <constr_SET_OF.h>

#include <stdexcept>
#include <vector>

namespace qember::asn1 {
namespace {

template <class Specifics>
const Specifics& specifics(const asn_TYPE_descriptor_t& descriptor) {
  return *static_cast<const Specifics*>(descriptor.specifics);
}

std::size_t size_of(const Layout& layout) {
  switch (layout.type->kind) {
    case ber::Kind::boolean: return sizeof(BOOLEAN_t);
    case ber::Kind::null: return sizeof(NULL_t);
    case ber::Kind::integer: return layout.native ? sizeof(long) : sizeof(INTEGER_t);
    case ber::Kind::octet_string:
    case ber::Kind::utf8_string: return sizeof(OCTET_STRING_t);
    case ber::Kind::sequence: return specifics<asn_SEQUENCE_specifics_t>(*layout.descriptor).struct_size;
    case ber::Kind::sequence_of: return specifics<asn_SET_OF_specifics_t>(*layout.descriptor).struct_size;
    case ber::Kind::choice: return specifics<asn_CHOICE_specifics_t>(*layout.descriptor).struct_size;
    case ber::Kind::other: break;
  }
  return 0;
}

std::size_t which_offset(const asn_TYPE_descriptor_t& choice) {
  const auto& its = specifics<asn_CHOICE_specifics_t>(choice);
  if (its.pres_size != sizeof(unsigned)) throw std::logic_error("asn1c's enums are not as wide as unsigned");
  return its.pres_offset;
}

}  // namespace

Compiled::Compiled(const qember_asn1c_backend& backend, const ber::Schema& schema)
    : backend_(backend), schema_(schema), layouts_(new Layout[schema.types.size()]) {
  std::vector<asn_TYPE_descriptor_t*> descriptors(schema.types.size() + 1);
  if (backend.warm_up(descriptors.data(), descriptors.size()) != schema.types.size())
    throw std::logic_error("the schema's description is not that of the compiled schema");
  for (std::size_t i = 0; i < schema.types.size(); ++i) {
    Layout& layout = layouts_[i];
    layout.compiled = this;
    layout.type = &schema.types[i];
    layout.descriptor = descriptors[i];
    layout.native = layout.descriptor->der_encoder == backend.native_integer;
    layout.size = size_of(layout);
    if (layout.type->kind == ber::Kind::choice) layout.which_offset = which_offset(*layout.descriptor);
  }
}

Compiled::~Compiled() = default;

const Layout& Compiled::layout(std::size_t type) const noexcept { return layouts_[type]; }

}  // namespace qember::asn1
