// SPDX-License-Identifier: LGPL-2.1-or-later
// XBZRLE. The input is a page and a delta: `check`, `apply` and a plain decoder agree. Then what it makes of
// the page is encoded: all kernels write the same delta, which gives the new page back.
#include "fuzz.hpp"

#include "../../src/ram/dispatch.hpp"
#include "../../src/ram/xbzrle.hpp"

#include <optional>

namespace qember::fuzz {
namespace {

constexpr std::size_t page_size = 256;

/// As QEMU's documentation has it, byte by byte.
std::optional<Bytes> plain_decode(ByteView delta, Bytes page) {
  if (delta.size() > page.size()) return std::nullopt;
  std::size_t at = 0;
  std::size_t to = 0;
  const auto length = [&]() -> std::optional<std::size_t> {
    if (at == delta.size()) return std::nullopt;
    const std::size_t low = delta[at++];
    if (low < 0x80) return low;
    if (at == delta.size() || delta[at] >= 0x80) return std::nullopt;
    return (low & 0x7fU) | static_cast<std::size_t>(delta[at++]) << 7U;
  };
  while (at < delta.size()) {
    const bool first = at == 0;
    const auto same = length();
    if (!same || (*same == 0 && !first)) return std::nullopt;
    const auto fresh = length();
    if (!fresh || *fresh == 0) return std::nullopt;
    if (*same + *fresh > page.size() - to || *fresh > delta.size() - at) return std::nullopt;
    to += *same;
    for (std::size_t i = 0; i < *fresh; ++i) page[to++] = delta[at++];
  }
  return page;
}

void encode(const Bytes& before, const Bytes& after) {
  std::optional<Bytes> first;
  for (const ram::Kernel* kernel : ram::supported_kernels()) {
    Bytes delta(page_size);
    const std::size_t size =
        kernel->encode(before.data(), after.data(), page_size, delta.data(), delta.size());
    if (size == ram::delta_too_large)
      delta = {0xff};
    else
      delta.resize(size);
    if (!first) first = delta;
    require(*first == delta, "all kernels write the same delta");
    require(kernel->is_zero(after.data(), page_size) == (after == Bytes(page_size)), "and see zeros alike");
  }
  if (*first == Bytes{0xff}) return;
  Bytes page = before;
  require(ram::xbzrle_apply(*first, page).ok() && page == after, "the delta gives the new page");
}

}  // namespace

const Mutate structure = nullptr;

void fuzz(ByteView in) {
  const std::size_t base = std::min(in.size() / 2, page_size);
  Bytes before(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(base));
  before.resize(page_size);
  const ByteView delta = in.subspan(base);

  Bytes page = before;
  const Status checked = ram::xbzrle_check(delta, page_size);
  const Status applied = ram::xbzrle_apply(delta, page);
  const auto plain = plain_decode(delta, before);
  require(checked.ok() == applied.ok() && applied.ok() == plain.has_value(), "all agree on what is sound");
  if (!checked) {
    require(checked.error().offset <= delta.size(), "a flaw is in the delta");
    require(page == before, "a refused delta changes nothing");
    Bytes other(delta.begin(),
                delta.begin() + static_cast<std::ptrdiff_t>(std::min(delta.size(), page_size)));
    other.resize(page_size);
    return encode(before, other);
  }
  require(page == *plain, "all agree on the new page");
  encode(before, page);
}

}  // namespace qember::fuzz
