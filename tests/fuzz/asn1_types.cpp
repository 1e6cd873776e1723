// SPDX-License-Identifier: LGPL-2.1-or-later
// Any type of the schema, chosen by the first byte: what `validate` takes, asn1c decodes, to the same end;
// the DER of that is a fixed point, and equal as a value.
#include "fuzz.hpp"

#include "support/types.hpp"

#include <qember/advanced/ber/validate.hpp>

namespace qember::fuzz {
namespace {

template <class T>
void transcode(ByteView in) {
  const Limits limits;
  const ber::Type& type = asn1::Value<T>::make()->type();
  const auto valid = ber::validate(in, asn1::schema(), type, limits);
  ByteView rest = in;
  const auto value = asn1::decode_front<T>(rest, limits);
  if (!valid) {
    require(!value, "what is no BER of the type is not decoded");
    require(value.error().offset == valid.error().offset, "and is refused at the same place");
    require(valid.error().offset <= in.size(), "which is in the input");
    return;
  }
  if (!value) {
    require(value.error().code == Errc::constraint, "only a constraint can still be broken");
    return;
  }
  require(in.size() - rest.size() == *valid, "both find the same end");
  (void)asn1::print_json(**value, 16);
  const auto der = asn1::encode(**value, limits);
  require(der.ok(), "what was decoded can be encoded");
  const auto again = asn1::decode<T>(*der, limits);
  require(again.ok() && asn1::equal(**value, **again), "DER says the same");
  const auto twice = asn1::encode(**again, limits);
  require(twice.ok() && *twice == *der, "DER is a fixed point");
}

template <class... T>
void transcode_type(std::size_t index, ByteView in, std::tuple<T...>*) {
  std::size_t next = 0;
  ((next++ == index ? transcode<T>(in) : void()), ...);
}

/// The first byte stays.
Bytes mutate(ByteView in, Random& random) {
  if (in.empty()) return {};
  Bytes out = mutate_tlvs(in.subspan(1), random);
  out.insert(out.begin(), in[0]);
  return out;
}

}  // namespace

const Mutate structure = mutate;

void fuzz(ByteView in) {
  using Types = test::AllTypes;
  if (in.empty()) return;
  transcode_type(in[0] % std::tuple_size_v<Types>, in.subspan(1), static_cast<Types*>(nullptr));
}

}  // namespace qember::fuzz
