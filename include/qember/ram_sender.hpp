// SPDX-License-Identifier: LGPL-2.1-or-later
/// The sending side of a VMM: its memory in rounds while the guest runs, then its devices, in BER.
///
///     #include <fcntl.h>
///
///     qember::Bytes memory(1 << 20U);
///     qember::Output output;
///     qember::RamSender sender(output, {.blocks = {{"pc.ram", memory.size()}}, .cache_size = 1 << 20U});
///     sender.begin_round().or_throw();
///     for (std::uint64_t at = 0; at < memory.size(); at += 4096)
///       sender.page(0, at, qember::ByteView(memory).subspan(at, 4096)).or_throw();
///     sender.end_round().or_throw();
///     qember::DeviceState serial("serial", 0, 1);
///     serial.set("divider", std::uint16_t{12});
///     sender.finish({&serial, 1}).or_throw();
///     const int nowhere = ::open("/dev/null", O_WRONLY);  // a socket
///     qember::drain(output, nowhere).or_throw();
///
/// - Pages that go out in full are not copied (zero-copy): their memory stays valid until `drain` or
///   `Output::clear`. The guest may write to them meanwhile, if its dirty bit is cleared before the page is
///   given.
/// - After an error nothing is written, and another call may follow: `Errc::wrong_order`, `unknown_block`,
///   `page_outside_block`, `page_unaligned`, `usage`.
/// - Can be cancelled at any time by destroying it: every reader refuses what was sent as truncated.
/// - Belongs to one thread at a time. Addresses and sizes are in bytes.
#pragma once

#include <qember/advanced/core/cxx20.hpp>

#include <qember/advanced/io/fd.hpp>
#include <qember/advanced/live/ram_sender.hpp>

namespace qember {

/// The state of a device, to be built.
using device::DeviceState;
using io::drain;
/// What was written: pieces for `writev`.
using io::Output;
/// Writes the stream of a VMM.
using live::RamSender;
/// What a sender has to know.
using live::SenderOptions;
/// Pages that went out in each way.
using live::SenderTally;
/// How a page went out.
using live::Sent;

}  // namespace qember
