/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A schema compiled by asn1c, as the one symbol that its object exports. Everything else in that object
 * is local to it, so that several schemas, each with its own copy of asn1c's runtime, fit in one program. */
#ifndef QEMBER_GENERATED_BACKEND_H
#define QEMBER_GENERATED_BACKEND_H

#include <asn_application.h>

#ifdef __cplusplus
extern "C" {
#endif

struct qember_asn1c_backend {
  /* Settles every descriptor that the schema's types can reach, and lists them: the named types in the
   * schema's order, then the others as they are met. Returns how many; writes no more than `room`.
   * Comes before every other use, from one thread. */
  size_t (*warm_up)(asn_TYPE_descriptor_t** types, size_t room);

  asn_dec_rval_t (*ber_decode)(asn_codec_ctx_t*, asn_TYPE_descriptor_t*, void**, const void*, size_t);
  asn_enc_rval_t (*der_encode)(asn_TYPE_descriptor_t*, void*, asn_app_consume_bytes_f*, void*);
  int (*list_append)(void* list, void* element);

  /* The types that the schema names, NULL-ended. */
  asn_TYPE_descriptor_t** named;
  /* Telling kinds apart: a settled descriptor has one of these as its der_encoder. */
  der_type_encoder_f *choice, *sequence, *sequence_of, *native_integer;
};

#ifdef __cplusplus
}
#endif

#endif
