// SPDX-License-Identifier: LGPL-2.1-or-later
// Two schemas of one's own, and the library's, in one program: each from two threads, from its first use on.
#include <qember/advanced/asn1/types.hpp>
#include <qember/advanced/asn1/value.hpp>
#include <qember/advanced/ram/page_codec.hpp>
#include <site/other/schema.hpp>
#include <site/other/types.hpp>
#include <vmm/schema.hpp>
#include <vmm/types.hpp>

#include <atomic>
#include <iostream>
#include <thread>
#include <vector>

int answer();

namespace {

namespace asn1 = qember::asn1;
using qember::Bytes;

constexpr std::uint64_t addr = 0x12345000;

/// The page by way of values, and by the fast path: the same bytes, and the same page back.
template <class FullPage, class RAMPage, class Codec>
bool pages_agree(std::uint8_t second_byte) {
  const Bytes data(4096, 0x5a);
  auto value = asn1::Value<RAMPage>::make();
  FullPage full = value->make_fullpage();
  full.set_addr(addr);
  full.set_data(data);
  const Bytes by_value = asn1::encode(*value).or_throw();

  Bytes by_codec(qember::ram::max_page_header);
  const auto* end = Codec::put(by_codec.data(), {qember::ram::PageKind::full, addr, data});
  by_codec.resize(static_cast<std::size_t>(end - by_codec.data()));
  by_codec.insert(by_codec.end(), data.begin(), data.end());

  Bytes scratch;
  const auto page = Codec::parse(by_value, scratch, 0, "page").or_throw().page;
  const auto back = asn1::decode<RAMPage>(by_codec).or_throw();
  return by_value == by_codec && by_value.at(1) == second_byte && page.addr == addr &&
         std::equal(data.begin(), data.end(), page.data.begin(), page.data.end()) &&
         asn1::equal(*value, *back);
}

/// A page of another schema's is refused, by a name for the schema.
template <const qember::ber::Schema& mine, const qember::ber::Schema& others>
bool refuses() {
  Bytes page(qember::ram::max_page_header);
  qember::ram::PageCodec<others>::put(page.data(), {qember::ram::PageKind::full, addr, {}});
  Bytes scratch;
  const auto parsed = qember::ram::PageCodec<mine>::parse(page, scratch, 7, "page");
  return !parsed && parsed.error().offset == 7 && parsed.error().schema == mine.fingerprint;
}

bool vmm_holds() {
  return pages_agree<vmm::FullPage, vmm::RAMPage, qember::ram::PageCodec<vmm::data::schema>>(0xc6) &&
         refuses<vmm::data::schema, site::other::data::schema>();
}

bool other_holds() {
  return pages_agree<site::other::FullPage, site::other::RAMPage,
                     qember::ram::PageCodec<site::other::data::schema>>(0x81) &&
         refuses<site::other::data::schema, vmm::data::schema>();
}

bool own_holds() {
  auto file = asn1::Value<asn1::QemuFile>::make();
  file->set_version(3);
  file->top();
  return asn1::decode<asn1::QemuFile>(asn1::encode(*file).or_throw()).ok();
}

}  // namespace

int main() {
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (bool (*holds)() : {vmm_holds, other_holds, own_holds, vmm_holds, other_holds, own_holds})
    threads.emplace_back([&wrong, holds] {
      for (int i = 0; i < 100; ++i)
        if (!holds()) ++wrong;
    });
  for (std::thread& thread : threads) thread.join();
  if (vmm::schema().fingerprint == site::other::schema().fingerprint) ++wrong;
  std::cout << wrong << " wrong\n";
  return wrong == 0 && answer() == 42 ? 0 : 1;
}
