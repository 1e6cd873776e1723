// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/io/byte_source.hpp>

namespace qember::io {

Result<std::size_t> ByteSource::read_at(std::uint64_t offset, MutableBytes to) {
  std::size_t done = 0;
  while (done < to.size()) {
    const auto count = read_some(offset + done, to.subspan(done));
    if (!count) return count;
    if (*count == 0) break;
    done += *count;
  }
  return done;
}

Status ByteSource::fill(Input& input) {
  const std::uint64_t offset = input.received();
  const auto count = read_some(offset, input.space());
  if (!count) return count.error();
  input.commit(*count);
  if (*count == 0) input.finish();
  return {};
}

}  // namespace qember::io
