// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a target's virtio devices offer to their drivers, which no stream tells.
#pragma once

#include <qember/advanced/core/limits.hpp>
#include <qember/advanced/io/byte_source.hpp>

#include <string>
#include <vector>

namespace qember::vm {

/// What QMP's `x-query-virtio-status` says of a device.
struct VirtioStatus {
  std::string device;                 ///< its kind, such as `virtio-net`
  std::vector<std::string> features;  ///< that it offers, such as `VIRTIO_NET_F_MTU`
  std::uint64_t unnamed = 0;          ///< bits of those that QEMU has no name for
};

/// Reads what QMP answered: JSON values one after another, of which all that is no status is passed over, so
/// that it may be all that was said on a monitor. Refuses more than `Limits::max_blob` bytes. The error's
/// offset is that of the JSON value that cannot be read.
Result<std::vector<VirtioStatus>> read_virtio_status(io::ByteSource& text, const Limits& limits = {});

}  // namespace qember::vm
