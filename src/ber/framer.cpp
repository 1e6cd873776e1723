// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/ber/framer.hpp>

namespace qember::ber {

Framer::Outcome Framer::scan(ByteView in, std::size_t max_depth) {
  do {
    while (!ends_.empty() && ends_.back() == at_) ends_.pop_back();
    if (at_ > 0 && ends_.empty()) break;
    ber::Header header;
    const auto outcome =
        at_ < in.size() ? ber::parse_header(in.subspan(at_), header) : ber::HeaderOutcome::need_more;
    if (outcome == ber::HeaderOutcome::need_more) return Outcome::need_more;
    if (outcome != ber::HeaderOutcome::ok) return Outcome::broken;
    if (header.is_end_of_contents()) {
      if (ends_.empty() || ends_.back() != indefinite) return Outcome::broken;
      at_ += header.size;
      ends_.pop_back();
      continue;
    }
    if (header.constructed) {
      if (ends_.size() >= max_depth) return Outcome::broken;
      at_ += header.size;
      ends_.push_back(header.indefinite ? indefinite : at_ + header.length);
      continue;
    }
    if (header.length > in.size() - at_ - header.size) return Outcome::need_more;
    at_ += header.size + header.length;
  } while (!ends_.empty());
  return Outcome::complete;
}

}  // namespace qember::ber
