/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A reader of the draft: asn1c's own, on the draft's own text, and nothing of ours. Built from a schema that
 * adds to the draft's it decodes what that adds, too, and leaves it out of the counts.
 *
 *   draft_reader FILE [DER]
 *
 * Decodes a QemuFile, checks its constraints, counts what is in it (a JSON object on stdout) and, with DER,
 * writes it again. Exit 0 where it decodes, whatever the constraints say.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "QemuFile.h"
#include "RAMPage.h"
#include "RAMSecBlock.h"
#include "Sections.h"
#include "SubSection.h"
#include "VMStateEntries.h"

enum { max_blocks = 256 };

struct block {
  const QemuString_t* name;
  unsigned long compr, fullpage, xbzrle, hook;
};

static struct {
  struct block blocks[max_blocks];
  int block_count;
  unsigned long sections, annotations, integers;
  unsigned long long full_bytes, xbzrle_bytes, oldblob_bytes;
  /* Complaints about pages that are not 4096 bytes, and the first of any other. */
  unsigned long page_size_complaints;
  char other_complaint[256];
} counts;

static void* must(void* memory) {
  if (memory == NULL) {
    fputs("draft_reader: out of memory\n", stderr);
    exit(2);
  }
  return memory;
}

static void check(asn_TYPE_descriptor_t* type, const void* value) {
  char message[sizeof counts.other_complaint];
  size_t size = sizeof message;
  if (asn_check_constraints(type, value, message, &size) == 0 || counts.other_complaint[0] != 0) return;
  snprintf(counts.other_complaint, sizeof counts.other_complaint, "%s: %s", type->name, message);
}

static struct block* block_of(const QemuString_t* name) {
  for (int i = 0; i < counts.block_count; ++i) {
    const QemuString_t* known = counts.blocks[i].name;
    if (known->size == name->size && memcmp(known->buf, name->buf, (size_t)name->size) == 0)
      return &counts.blocks[i];
  }
  if (counts.block_count == max_blocks) {
    fputs("draft_reader: too many blocks\n", stderr);
    exit(2);
  }
  counts.blocks[counts.block_count].name = name;
  return &counts.blocks[counts.block_count++];
}

static void page(struct block* block, const RAMPage_t* page) {
  switch (page->present) {
    case RAMPage_PR_compr:
      ++block->compr;
      check(&asn_DEF_RAMPage, page);
      break;
    case RAMPage_PR_fullpage:
      ++block->fullpage;
      counts.full_bytes += (unsigned long long)page->choice.fullpage.data.size;
      if (page->choice.fullpage.data.size == 4096)
        check(&asn_DEF_RAMPage, page);
      else if (asn_check_constraints(&asn_DEF_RAMPage, page, NULL, NULL) != 0)
        ++counts.page_size_complaints;
      break;
    case RAMPage_PR_xbzrle:
      ++block->xbzrle;
      counts.xbzrle_bytes += (unsigned long long)page->choice.xbzrle.data.size;
      check(&asn_DEF_RAMPage, page);
      break;
    default: ++block->hook; break;
  }
}

static void pages(const SecMin_t* section) {
  for (int i = 0; i < section->contents.choice.ramsec.list.count; ++i) {
    const RAMSecBlock_t* block = section->contents.choice.ramsec.list.array[i];
    check(&asn_DEF_QemuString, &block->name);
    for (int j = 0; j < block->pagelist.list.count; ++j)
      page(block_of(&block->name), block->pagelist.list.array[j]);
  }
}

static void values(const VMStateEntries_t* value) {
  switch (value->present) {
    case VMStateEntries_PR_array:
      for (int i = 0; i < value->choice.array.list.count; ++i) values(value->choice.array.list.array[i]);
      break;
    case VMStateEntries_PR_int: ++counts.integers; break;
    case VMStateEntries_PR_oldblob:
      counts.oldblob_bytes += (unsigned long long)value->choice.oldblob.size;
      break;
    case VMStateEntries_PR_subsecl:
      for (int i = 0; i < value->choice.subsecl->list.count; ++i) {
        const SubSection_t* sub = value->choice.subsecl->list.array[i];
        for (int j = 0; j < sub->contents.list.count; ++j) values(sub->contents.list.array[j]);
      }
      break;
    default: break;
  }
}

static void full(const SecFull_t* section) {
  check(&asn_DEF_SecFull, section);
  static const char reserved[] = "qember";
  if (section->name.size == sizeof reserved - 1 &&
      memcmp(section->name.buf, reserved, sizeof reserved - 1) == 0)
    ++counts.annotations;
  if (section->contents.present == SecFull__contents_PR_oldblob)
    counts.oldblob_bytes += (unsigned long long)section->contents.choice.oldblob.size;
  if (section->contents.present == SecFull__contents_PR_vmstate) {
    const VMState_t* state = &section->contents.choice.vmstate;
    for (int i = 0; i < state->choice.vmstateentries.list.count; ++i)
      values(state->choice.vmstateentries.list.array[i]);
  }
}

static void print_text(const uint8_t* text, size_t size) {
  putchar('"');
  for (size_t i = 0; i < size; ++i) {
    if (text[i] == '"' || text[i] == '\\') putchar('\\');
    putchar(text[i]);
  }
  putchar('"');
}

static void print(void) {
  printf("{\"sections\":%lu,\"annotations\":%lu,\"integers\":%lu,", counts.sections, counts.annotations,
         counts.integers);
  printf("\"full_bytes\":%llu,\"xbzrle_bytes\":%llu,\"oldblob_bytes\":%llu,", counts.full_bytes,
         counts.xbzrle_bytes, counts.oldblob_bytes);
  printf("\"page_size_complaints\":%lu,\"other_complaint\":", counts.page_size_complaints);
  print_text((const uint8_t*)counts.other_complaint, strlen(counts.other_complaint));
  printf(",\"blocks\":{");
  for (int i = 0; i < counts.block_count; ++i) {
    const struct block* block = &counts.blocks[i];
    if (i > 0) putchar(',');
    print_text(block->name->buf, (size_t)block->name->size);
    printf(":{\"compr\":%lu,\"fullpage\":%lu,\"xbzrle\":%lu,\"hook\":%lu}", block->compr, block->fullpage,
           block->xbzrle, block->hook);
  }
  puts("}}");
}

static int write_out(const void* buffer, size_t size, void* file) {
  return fwrite(buffer, 1, size, file) == size ? 0 : -1;
}

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) return 2;
  FILE* in = fopen(argv[1], "rb");
  if (in == NULL || fseek(in, 0, SEEK_END) != 0) return 2;
  const long size = ftell(in);
  rewind(in);
  char* bytes = must(malloc((size_t)size + 1));
  if (fread(bytes, 1, (size_t)size, in) != (size_t)size) return 2;
  fclose(in);

  QemuFile_t* file = NULL;
  const asn_dec_rval_t read = ber_decode(NULL, &asn_DEF_QemuFile, (void**)&file, bytes, (size_t)size);
  if (read.code != RC_OK || read.consumed != (size_t)size) {
    fprintf(stderr, "draft_reader: code %d, %zu bytes of %ld\n", read.code, read.consumed, size);
    return 1;
  }
  free(bytes);
  counts.sections = (unsigned long)file->top.list.count;
  for (int i = 0; i < file->top.list.count; ++i) {
    const Sections_t* section = file->top.list.array[i];
    if (section->present == Sections_PR_full)
      full(&section->choice.full);
    else if (section->present == Sections_PR_min)
      pages(&section->choice.min);
  }
  if (counts.page_size_complaints == 0) check(&asn_DEF_QemuFile, file);
  print();
  if (argc < 3) return 0;

  FILE* out = fopen(argv[2], "wb");
  if (out == NULL) return 2;
  const asn_enc_rval_t written = der_encode(&asn_DEF_QemuFile, file, write_out, out);
  if (fclose(out) != 0 || written.encoded < 0) return 1;
  return 0;
}
