// SPDX-License-Identifier: LGPL-2.1-or-later
#include "page_records.hpp"

namespace qember::vm {

PageNumber PageRecords::add(const PageRecord& record) {
  if (count_ % in_chunk == 0) spool_.add();
  std::uint64_t* const to = &spool_.change(count_ / in_chunk)[count_ % in_chunk * words];
  to[0] = record.page.position;
  to[1] = std::uint64_t{record.page.size} << 32U | record.deltas;
  to[2] = record.base.bits();
  to[3] = static_cast<std::uint64_t>(record.page.kind) << 1U | (record.page.is_kept ? 1U : 0U);
  return {PageNumber::Kind::record, count_++};
}

PageRecord PageRecords::get(PageNumber number) {
  const std::uint64_t index = number.value();
  const std::uint64_t* const from = &spool_.read(index / in_chunk)[index % in_chunk * words];
  PageRecord record;
  record.page.position = from[0];
  record.page.size = static_cast<std::uint32_t>(from[1] >> 32U);
  record.deltas = static_cast<std::uint32_t>(from[1]);
  record.base = PageNumber::of_bits(from[2]);
  record.page.base = from[2];
  record.page.kind = static_cast<StoredPage::Kind>(from[3] >> 1U);
  record.page.is_kept = (from[3] & 1U) != 0;
  return record;
}

Result<std::uint64_t> PageRecords::keep(ByteView bytes) {
  const std::uint64_t begin = kept_size_;
  if (auto status = kept_.write(begin, bytes); !status) return std::move(status.error());
  kept_size_ += bytes.size();
  return begin;
}

}  // namespace qember::vm
