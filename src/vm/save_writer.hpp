// SPDX-License-Identifier: LGPL-2.1-or-later
/// A libvirt save around a stream that is being written.
#pragma once

#include <qember/advanced/container/libvirt_save.hpp>
#include <qember/advanced/vm/convert.hpp>

#include "../container/encoder.hpp"

namespace qember::vm {

class SaveWriter {
 public:
  /// Passes all before the stream on to `drain`, which outlives the writer.
  static Result<SaveWriter> begin(const container::LibvirtSave& like, const Limits& limits,
                                  const Drain& drain);

  /// Bytes before the stream.
  std::uint64_t base() const noexcept { return base_; }
  /// Compresses what `output` has of the stream, and passes it on.
  Status take(io::Output& output);
  Status finish();

 private:
  SaveWriter(std::unique_ptr<container::Encoder> encoder, const Drain& drain, std::uint64_t base)
      : encoder_(std::move(encoder)), drain_(&drain), base_(base) {}

  static constexpr std::size_t most_at_once = std::size_t{1} << 20U;

  std::unique_ptr<container::Encoder> encoder_;
  const Drain* drain_;
  std::uint64_t base_;
  io::Output packed_;
};

}  // namespace qember::vm
