// SPDX-License-Identifier: LGPL-2.1-or-later
// A `RAMPage`: the fast path and asn1c agree on every value and every refusal, but for an address below 0,
// which the type has and a page has not.
#include "fuzz.hpp"

#include <qember/advanced/asn1/types.hpp>
#include <qember/advanced/asn1/value.hpp>
#include <qember/advanced/ram/page.hpp>

namespace qember::fuzz {
namespace {

void compare(const ram::PageView& page, const asn1::RAMPage& value) {
  using Which = asn1::RAMPage::Which;
  const auto same = [&](ram::PageKind kind, Integer addr, ByteView data) {
    require(page.kind == kind, "both see the same kind of page");
    require(Integer(page.addr) == addr, "both see the same address");
    require(std::equal(page.data.begin(), page.data.end(), data.begin(), data.end()),
            "both see the same data");
  };
  switch (value.which()) {
    case Which::compr: return same(ram::PageKind::zero, value.as_compr(), {});
    case Which::fullpage:
      return same(ram::PageKind::full, value.as_fullpage().addr(), value.as_fullpage().data());
    case Which::xbzrle:
      return same(ram::PageKind::xbzrle, value.as_xbzrle().addr(), value.as_xbzrle().data());
    case Which::hook: return same(ram::PageKind::hook, 0, {});
    default: require(false, "a page is of a kind");
  }
}

void encode(const ram::PageView& page, const asn1::RAMPage& value) {
  std::uint8_t header[ram::max_page_header];
  Bytes fast(header, ram::put_page(header, page));
  fast.insert(fast.end(), page.data.begin(), page.data.end());
  const auto der = asn1::encode(value);
  require(der.ok() && *der == fast, "both write the same");
}

}  // namespace

const Mutate structure = mutate_tlvs;

void fuzz(ByteView in) {
  Bytes scratch;
  const auto fast = ram::parse_page(in, scratch, 7, "page");
  ByteView rest = in;
  const auto value = asn1::decode_front<asn1::RAMPage>(rest, {}, 7, "page");
  if (!fast) {
    const Error& error = fast.error();
    if (value)
      return require(error.expected == "an address of 0 or more", "asn1c refuses what the fast path does");
    require(error.code == value.error().code && error.offset == value.error().offset, "in the same place");
    return require(error.path == value.error().path, "by the same path");
  }
  require(value.ok(), "the fast path refuses what asn1c does");
  require(fast->size == in.size() - rest.size(), "both find the same end");
  compare(fast->page, **value);
  encode(fast->page, **value);
}

}  // namespace qember::fuzz
