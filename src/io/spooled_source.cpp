// SPDX-License-Identifier: LGPL-2.1-or-later
#include "spooled_source.hpp"

#include "spool_limit.hpp"

#include <algorithm>

namespace qember::io {
namespace {

constexpr std::size_t piece = std::size_t{256} << 10U;
/// Of what is a hole or not.
constexpr std::size_t unit = 4096;

bool is_zero(ByteView bytes) {
  return bytes.empty() || (bytes[0] == 0 && std::equal(bytes.begin() + 1, bytes.end(), bytes.begin()));
}

}  // namespace

/// In pieces that are zeros and pieces that are not, each as long as they go on.
Status SpooledSource::add(ByteView bytes) {
  const auto unit_at = [&bytes](std::size_t at) {
    return bytes.subspan(at, std::min(unit, bytes.size() - at));
  };
  for (std::size_t begin = 0; begin < bytes.size();) {
    const bool is_hole = is_zero(unit_at(begin));
    std::size_t end = begin + unit_at(begin).size();
    while (end < bytes.size() && is_zero(unit_at(end)) == is_hole) end += unit_at(end).size();
    if (!is_hole) {
      if (auto status = file_.write(size_, bytes.subspan(begin, end - begin)); !status) return status;
      is_empty_ = false;
    }
    size_ += end - begin;
    begin = end;
  }
  return {};
}

Result<std::unique_ptr<SpooledSource>> SpooledSource::read(ByteSource& source, std::uint64_t begin,
                                                           ByteView unread, std::uint64_t most) {
  std::unique_ptr<SpooledSource> spooled(new SpooledSource(begin));
  if (auto status = spooled->add(unread); !status) return std::move(status.error());
  Bytes buffer(piece);
  for (;;) {
    const auto count = source.read_some(spooled->size_, buffer);
    if (!count) return count.error();
    if (*count == 0) return spooled;
    if (auto status = spooled->add(ByteView(buffer).first(*count)); !status) return std::move(status.error());
    if (spooled->size_ > most) return too_much_to_spool(most);
  }
}

Result<std::size_t> SpooledSource::read_some(std::uint64_t offset, MutableBytes to) {
  if (offset >= size_) return std::size_t{0};
  to = to.first(static_cast<std::size_t>(std::min<std::uint64_t>(to.size(), size_ - offset)));
  if (is_empty_) {
    std::ranges::fill(to, std::uint8_t{0});
    return to.size();
  }
  if (auto status = file_.read(offset, to); !status) return std::move(status.error());
  return to.size();
}

}  // namespace qember::io
