// SPDX-License-Identifier: LGPL-2.1-or-later
// A stream in BER: the same for any chunking; and the schema has all that is decoded: what asn1c would
// refuse as a `QemuFile`, `decode` refuses at the same offset or before, but for a section that says that it
// may be read over.
#include "conversions.hpp"

#include <qember/advanced/asn1/types.hpp>
#include <qember/advanced/ber/validate.hpp>

namespace qember::fuzz {

const Mutate structure = mutate_tlvs;

namespace {

/// An element of `QemuFile.top` whose tag is private (schema/mapping.md, "What a reader may read over").
bool may_be_read_over(ByteView in, const Error& error) {
  const bool is_section = error.path.starts_with("QemuFile.top[") && error.path.ends_with(']');
  return is_section && error.offset < in.size() && in[error.offset] >> 6U == 3;
}

}  // namespace

void fuzz(ByteView in) {
  const auto native = decode(in);
  (void)check(in);
  Limits wide;
  wide.max_tlvs = in.size() + 1;
  const ber::Schema& schema = asn1::schema();
  const auto valid = ber::validate(in, schema, *schema.find("QemuFile"), wide);
  if (valid || may_be_read_over(in, valid.error())) return;
  require(native.error.has_value(), "what is no QemuFile is not decoded");
  require(native.error->offset <= valid.error().offset, "and is refused where it first goes wrong");
}

}  // namespace qember::fuzz
