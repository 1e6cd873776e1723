// SPDX-License-Identifier: LGPL-2.1-or-later
/// The devices of a native file from its end, without the pages before them.
#pragma once

#include <qember/advanced/device/description.hpp>
#include <qember/advanced/event/session.hpp>
#include <qember/advanced/io/byte_source.hpp>

#include <memory>

namespace qember::vm {

/// A section FULL.
struct EndDevice {
  std::shared_ptr<const device::Device> device;
  std::uint32_t version = 0;
  std::uint64_t offset = 0;  ///< of its first byte in the stream
  Bytes body;
};

/// Reads the devices between the END of RAM and a description that ends with the source. `session` is that of
/// the begin of the stream, up to its list of blocks.
///
/// The description tells how long each section is, so that there is one place where the first can begin.
/// Header, body and footer of each must be as it says, and the last footer of RAM must stand before the
/// first. Nothing where anything is otherwise, or is more than `limits` allow: then the stream is to be read
/// in order. The error is that of the source.
Result<std::vector<EndDevice>> read_stream_end(io::ByteSource& source, const event::Session& session,
                                               const Limits& limits);

}  // namespace qember::vm
