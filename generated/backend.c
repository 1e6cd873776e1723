/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compiled once for each schema, with QEMBER_BACKEND the name of the symbol. */
#include "backend.h"

#include <NativeInteger.h>
#include <asn_SET_OF.h>
#include <constr_CHOICE.h>
#include <constr_SEQUENCE.h>
#include <constr_SEQUENCE_OF.h>

extern asn_TYPE_descriptor_t* asn_pdu_collection[];

/* asn1c 0.9.28 completes descriptors at first use, and when it does it loses a derived type's own
 * constraints (vlm/asn1c#506): a race between threads, and names of any size. Both are over once this
 * has run: the free function of a derived type completes the descriptor, the constraint function then
 * replaces itself where the type adds no constraint. */
static void settle(asn_TYPE_descriptor_t* td) {
  asn_constr_check_f* own = td->check_constraints;
  td->free_struct(td, NULL, 1);
  td->check_constraints = own;
  (void)td->check_constraints(td, NULL, NULL, NULL);
}

/* What SEQUENCE and SEQUENCE OF would do when they first check a value. */
static void settle_elements(asn_TYPE_descriptor_t* td) {
  for (int i = 0; i < td->elements_count; ++i)
    if (!td->elements[i].memb_constraints)
      td->elements[i].memb_constraints = td->elements[i].type->check_constraints;
}

static int listed(asn_TYPE_descriptor_t** types, size_t count, const asn_TYPE_descriptor_t* td) {
  for (size_t i = 0; i < count; ++i)
    if (types[i] == td) return 1;
  return 0;
}

static size_t append(asn_TYPE_descriptor_t** types, size_t count, size_t room, asn_TYPE_descriptor_t* td) {
  if (count >= room || listed(types, count, td)) return count;
  settle(td);
  types[count] = td;
  return count + 1;
}

static size_t warm_up(asn_TYPE_descriptor_t** types, size_t room) {
  size_t count = 0;
  for (asn_TYPE_descriptor_t** td = asn_pdu_collection; *td; ++td) count = append(types, count, room, *td);
  for (size_t i = 0; i < count; ++i)
    for (int j = 0; j < types[i]->elements_count; ++j)
      count = append(types, count, room, types[i]->elements[j].type);
  for (size_t i = 0; i < count; ++i) settle_elements(types[i]);
  return count;
}

__attribute__((visibility("default"))) const struct qember_asn1c_backend QEMBER_BACKEND = {
    .warm_up = warm_up,
    .ber_decode = ber_decode,
    .der_encode = der_encode,
    .list_append = asn_set_add,
    .named = asn_pdu_collection,
    .choice = CHOICE_encode_der,
    .sequence = SEQUENCE_encode_der,
    .sequence_of = SEQUENCE_OF_encode_der,
    .native_integer = NativeInteger_encode_der,
};
