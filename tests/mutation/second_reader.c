/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A reader of the draft's schema as asn1c makes one, apart from the library: from BER to DER. */
#include <QemuFile.h>

#include <stdlib.h>
#include <string.h>

struct buffer {
  unsigned char* data;
  size_t size, room;
};

static int append(const void* data, size_t size, void* key) {
  struct buffer* to = key;
  if (to->room - to->size < size) {
    to->room = 2 * to->room + size + 4096;
    to->data = realloc(to->data, to->room);
    if (to->data == NULL) abort();
  }
  memcpy(to->data + to->size, data, size);
  to->size += size;
  return 0;
}

/* The DER, for the caller to free; null where asn1c can't decode all of `in`. */
__attribute__((visibility("default"))) unsigned char* second_to_der(const unsigned char* in, size_t size,
                                                                    size_t* der_size) {
  QemuFile_t* file = NULL;
  const asn_dec_rval_t decoded = ber_decode(NULL, &asn_DEF_QemuFile, (void**)&file, in, size);
  struct buffer to = {NULL, 0, 0};
  if (decoded.code == RC_OK && decoded.consumed == size) der_encode(&asn_DEF_QemuFile, file, append, &to);
  ASN_STRUCT_FREE(asn_DEF_QemuFile, file);
  *der_size = to.size;
  return to.data;
}
