// SPDX-License-Identifier: LGPL-2.1-or-later
#include "save_writer.hpp"

#include "passing.hpp"

#include <algorithm>

namespace qember::vm {

Result<SaveWriter> SaveWriter::begin(const container::LibvirtSave& like, const Limits& limits,
                                     const Drain& drain) {
  auto encoder = container::make_encoder(like.format);
  if (!encoder) return std::move(encoder.error());
  const auto head = container::head_of(like, limits);
  if (!head) return head.error();
  io::Output output;
  output.borrow(*head);
  if (auto status = drain(output); !status) return std::move(status.error());
  return SaveWriter(std::move(*encoder), drain, head->size());
}

Status SaveWriter::take(io::Output& output) {
  for (const iovec& piece : output.pieces()) {
    const ByteView bytes(static_cast<const std::uint8_t*>(piece.iov_base), piece.iov_len);
    for (std::size_t at = 0; at < bytes.size(); at += most_at_once)
      if (auto status =
              encoder_->encode(bytes.subspan(at, std::min(most_at_once, bytes.size() - at)), false, packed_);
          !status)
        return status;
    if (packed_.pending() >= most_pending)
      if (auto status = (*drain_)(packed_); !status) return status;
  }
  auto status = (*drain_)(packed_);
  output.clear();
  return status;
}

Status SaveWriter::finish() {
  if (auto status = encoder_->encode({}, true, packed_); !status) return status;
  return (*drain_)(packed_);
}

}  // namespace qember::vm
