// SPDX-License-Identifier: LGPL-2.1-or-later
/// A saved guest in as little memory as a comparison needs: its device state, and digests of the rest.
#pragma once

#include <qember/advanced/core/digest.hpp>
#include <qember/advanced/device/description.hpp>
#include <qember/advanced/event/event.hpp>
#include <qember/advanced/vm/page_digests.hpp>
#include <qember/advanced/vm/stream_options.hpp>

namespace qember::vm {

struct GuestSection {
  std::string name;
  std::uint32_t instance = 0;
  std::uint32_t version = 0;
  std::uint64_t size = 0;  ///< of all its parts
  Digest digest;
  Bytes body;                                    ///< where it fits its description
  std::shared_ptr<const device::Device> device;  ///< null where it does not, and of a section in parts
};

struct Guest {
  Guest(DigestedRam::Keep keep, std::uint64_t seed, const Limits& limits) : ram(keep, seed, limits) {}

  event::Configuration configuration;
  std::uint64_t page_size = 0;
  std::vector<event::RamBlock> blocks;
  DigestedRam ram;
  std::vector<GuestSection> sections;  ///< all but RAM
};

/// Reads a stream, twice where its pages got deltas. `seed`: of the digests of pages. Without `ram` contents
/// of memory are passed over.
Result<std::unique_ptr<Guest>> read_guest(io::ByteSource& source, const StreamOptions& options,
                                          std::uint64_t seed, bool ram = true);

}  // namespace qember::vm
