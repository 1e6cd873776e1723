// SPDX-License-Identifier: LGPL-2.1-or-later
#include "page_reader.hpp"

#include "../event/inflate.hpp"
#include "../ram/xbzrle.hpp"

#include <algorithm>

namespace qember::vm {
namespace {

Error place(Error error, const StoredPage& page) {
  error.offset += page.position;
  error.path = "page";
  return error;
}

}  // namespace

Status PageReader::read(StoredPage page, MutableBytes to) const {
  std::vector<StoredPage> deltas;
  while (page.kind == StoredPage::Kind::xbzrle) {
    deltas.push_back(page);
    auto base = index_.base_of(page);
    if (!base) return std::move(base.error());
    page = *base;
  }
  if (auto status = read_whole(page, to); !status) return status;
  Bytes bytes;
  for (; !deltas.empty(); deltas.pop_back()) {
    const StoredPage& delta = deltas.back();
    bytes.resize(delta.size);
    if (auto status = read_bytes(delta, bytes); !status) return status;
    if (auto status = ram::xbzrle_apply(bytes, to); !status) return place(std::move(status.error()), delta);
  }
  return {};
}

/// Of a page that is no delta.
Status PageReader::read_whole(const StoredPage& page, MutableBytes to) const {
  if (page.kind == StoredPage::Kind::zero) return std::ranges::fill(to, page.fill), Status();
  if (page.kind == StoredPage::Kind::full) return read_bytes(page, to);
  Bytes bytes(page.size);
  if (auto status = read_bytes(page, bytes); !status) return status;
  auto status = event::inflate(bytes, to);
  return status ? Status() : place(std::move(status.error()), page);
}

Status PageReader::read_bytes(const StoredPage& page, MutableBytes to) const {
  if (page.is_kept) return index_.read_kept(page.position, to);
  const auto count = stream_.read_at(page.position, to);
  if (!count) return count.error();
  if (*count == to.size()) return {};
  return Error{Errc::io, page.position, "stream", {}, "it has become shorter"};
}

}  // namespace qember::vm
