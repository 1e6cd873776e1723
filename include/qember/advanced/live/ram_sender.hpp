// SPDX-License-Identifier: LGPL-2.1-or-later
/// The sending side of a VMM: its memory, round by round while the guest runs, then its devices.
#pragma once

#include <qember/advanced/device/device_state.hpp>
#include <qember/advanced/event/event.hpp>
#include <qember/advanced/io/output.hpp>
#include <qember/advanced/qber/wire_format.hpp>

#include <memory>

namespace qember::live {

/// The machine whose memory is sent.
struct SenderOptions {
  /// The machine's memory; names differ, lengths are multiples of the page size.
  std::vector<event::RamBlock> blocks{};
  /// Bytes of a page: a power of two from 256 to 65536.
  std::size_t page_size = 4096;
  /// Bytes that copies of pages may take, for deltas, see ram/page_cache.hpp; 0 for none.
  std::size_t cache_size = 0;
  /// Of the schema that the stream is by, which outlives the sender; null for the library's own.
  const qber::WireFormat* format = nullptr;
};

/// The state of a device in a type that the schema adds to `SecFull.contents`, which needs no description.
struct TypedDevice {
  std::string name;            ///< of the device
  std::uint32_t instance = 0;  ///< tells those of one name apart
  std::uint32_t version = 0;   ///< of the state
  std::string alternative;     ///< of `SecFull.contents`
  Bytes encoded;               ///< the alternative: what `asn1::encode` makes of a `SecFull::Contents`
};

/// How a page went out.
enum class Sent : std::uint8_t {
  nothing,  ///< the receiver has it as it is
  zero,
  full,
  delta,
};

/// Pages that went out in each way.
struct SenderTally {
  std::uint64_t unchanged = 0;  ///< that the receiver had
  std::uint64_t zero = 0;       ///< of zeros
  std::uint64_t full = 0;       ///< in full
  std::uint64_t delta = 0;      ///< as deltas
};

/// Writes a stream into `output`: a plain one by schema/mapping.md, with the section `ram`, a description and
/// the devices.
///
/// Nothing is sent by this class. Its caller passes `output.pieces()` on whenever there is enough of them,
/// and then clears the output. Pages that go out in full are not copied (zero-copy): their memory stays valid
/// until the output is cleared, as pieces refer to it, unless the page is in the cache. The guest may go on
/// writing to it. What then arrives is torn, some of it old and some new, and is made good by sending the
/// page again: so the dirty bit of a page is cleared before the page is given here, and pages whose bit is
/// set again go into the next round. In the last round the guest stands still.
///
/// It can be cancelled at any time by destroying it; what the output has is the begin of a stream that any
/// reader refuses as truncated.
class RamSender {
 public:
  /// `output` outlives this.
  RamSender(io::Output& output, SenderOptions options);
  ~RamSender();

  // After an error of these nothing is written, and the next call may be another one: `Errc::wrong_order`
  // for a call where it may not come, `unknown_block`, `page_outside_block`, `page_unaligned`, or `usage`.

  /// The first one begins the stream.
  Status begin_round();
  /// `addr`: byte offset of the page in the block with that index; `bytes`: the page, see above.
  Result<Sent> page(std::uint32_t block, std::uint64_t addr, ByteView bytes);
  /// Ends the round that was begun.
  Status end_round();
  /// Between two rounds, or before the devices: an alternative that the schema adds to `Sections`. `encoded`
  /// is what `asn1::encode` makes of a `Sections`. `Errc::unsupported` where the schema has none of that
  /// name; the value is checked by the schema.
  Status section(std::string_view alternative, ByteView encoded);
  /// After at least one round: the end of memory, the devices in order, those in types that the schema adds
  /// last, the end of the stream. One of these that the schema refuses leaves the stream without its end.
  Status finish(std::span<const device::DeviceState> devices, std::span<const TypedDevice> typed = {});

  /// The number of rounds that were ended.
  std::uint64_t rounds() const noexcept;
  /// How pages went out so far.
  const SenderTally& tally() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace qember::live
