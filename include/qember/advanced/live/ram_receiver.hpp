// SPDX-License-Identifier: LGPL-2.1-or-later
/// The receiving side of a VMM: memory as it comes, in place, and the devices after it.
#pragma once

#include <qember/advanced/core/limits.hpp>
#include <qember/advanced/device/saved_device.hpp>
#include <qember/advanced/io/input.hpp>
#include <qember/advanced/qber/wire_format.hpp>

#include <map>
#include <memory>

namespace qember::live {

/// The VMM's memory by the names of its blocks; it outlives the receiver.
using Regions = std::map<std::string, MutableBytes, std::less<>>;

/// What came for a region: pages, each as often as it came.
struct Applied {
  std::uint64_t zero = 0;   ///< pages of zeros
  std::uint64_t full = 0;   ///< pages in full
  std::uint64_t delta = 0;  ///< deltas
  std::uint64_t bytes = 0;  ///< of all these pages
};

/// A value of a type that the stream's schema adds to the library's own.
struct ReceivedValue {
  std::string alternative;  ///< of `Sections`, or of `SecFull.contents`
  /// For `asn1::decode` of a `Sections`, or of a `SecFull::Contents`.
  Bytes encoded;
  std::uint64_t offset = 0;  ///< of it in the input
  std::string path;          ///< of it in the schema
  /// Of `SecFull.contents`, the device whose state it is.
  std::optional<device::SavedDevice::Header> device;
};

/// Reads a stream in BER from `input` and applies it.
///
/// Whatever the stream claims, nothing is written but whole pages within the regions, and each page is
/// written whole or not at all: a full page when all of it has come, a delta after it was found sound, and
/// then only onto a page that this stream sent before. All else about memory is refused: a block that is not
/// among the regions or larger than its region, a page beyond its block or not at a multiple of the page
/// size, and what would come by other ways (compressed, postcopy, multifd, RDMA, mapped-ram, other
/// iterative sections).
///
/// It can be cancelled at any time by destroying it; regions have then what `applied` says.
class RamReceiver {
 public:
  /// `input` outlives this, and so does `format`, of the schema that the stream is by; null for the library's
  /// own. State of devices and values are held up to `Limits::max_held`.
  RamReceiver(io::Input& input, Regions regions, const Limits& limits = Limits::untrusted(),
              const qber::WireFormat* format = nullptr);
  ~RamReceiver();

  /// Applies all that has been fed. Fine where it ends within the stream and more may come; once the input is
  /// finished that is `Errc::truncated`. After an error it applies nothing more and gives the same again.
  Status receive();
  /// The stream has come to its end; bytes behind it are left to the caller.
  bool done() const noexcept;

  /// What each region has got so far, after an error too.
  const std::map<std::string, Applied, std::less<>>& applied() const noexcept;
  /// The number of rounds whose end is known: a round goes on until something else comes.
  std::uint64_t rounds() const noexcept;
  /// The devices that have come whole, in order.
  std::span<const device::SavedDevice> devices() const noexcept;
  /// Those of types that the schema adds, as they have come.
  std::span<const ReceivedValue> values() const noexcept;
  /// Of the devices, the one with that name; never null.
  Result<const device::SavedDevice*> device(std::string_view name, std::uint32_t instance = 0) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace qember::live
