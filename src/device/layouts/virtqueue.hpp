// SPDX-License-Identifier: LGPL-2.1-or-later
/// What devices that have virtqueues save of a request.
#pragma once

#include "../layout.hpp"

namespace qember::device {

inline constexpr std::uint64_t most_queues = 1024;

/// A request in flight, which QEMU writes as its structure in the order of the host.
inline constexpr std::array segment_parts{le64("base"), le64("len")};
inline constexpr Layout segment{"iovec", segment_parts};
inline constexpr std::array element_parts{
    le32("index"),
    le32("out_num"),
    le32("in_num"),
    le32("padding"),
    le64("in_addr").folded(most_queues),
    le64("out_addr").folded(most_queues),
    structure("in_sg", segment).folded(most_queues),
    structure("out_sg", segment).folded(most_queues),
};
inline constexpr Layout element{"VirtQueueElement", element_parts};
static_assert(fixed_size(element) == 49168);

/// Of a packed ring: how many descriptors the request has. QEMU writes it before the request and reads it
/// behind. What it can be tells the two apart: the number of a request in the order of the host, or the end
/// of its last segment, which stands there otherwise, would be none.
inline constexpr Part packed_number = be32("ndescs").up_to(most_queues);

}  // namespace qember::device
