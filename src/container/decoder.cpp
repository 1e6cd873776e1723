// SPDX-License-Identifier: LGPL-2.1-or-later
#include "decoder.hpp"

#include "fault.hpp"

#include <fmt/format.h>

namespace qember::container {

std::unique_ptr<Decoder> make_decoder(Kind kind, const Limits& limits) {
  switch (kind) {
    case Kind::gzip: return make_gzip_decoder();
    case Kind::bzip2: return make_bzip2_decoder();
    case Kind::xz: return make_xz_decoder(limits);
    default: return make_zstd_decoder(limits);
  }
}

std::optional<bool> begins_with(ByteView in, std::string_view magic) noexcept {
  const std::string_view text = as_text(in);
  if (text.size() >= magic.size()) return text.starts_with(magic);
  if (magic.starts_with(text)) return std::nullopt;
  return false;
}

Error corrupt(std::string expected, std::string found) {
  return fault(Errc::bad_value, 0, {}, std::move(expected), std::move(found));
}

Error too_large(const Limits& limits, std::uint64_t needed) {
  return fault(Errc::limit, 0, {},
               fmt::format("max_unpack_memory: a decompressor in at most {} bytes", limits.max_unpack_memory),
               fmt::format("one that needs {}", needed));
}

}  // namespace qember::container
