// SPDX-License-Identifier: LGPL-2.1-or-later
/// How streams are opened and read.
#pragma once

#include <qember/advanced/container/channel.hpp>
#include <qember/advanced/container/unpack.hpp>
#include <qember/advanced/core/limits.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace qember::container {
struct Contents;
}

namespace qember::qber {
class WireFormat;
}

namespace qember::vm {

class OpenedStream;

/// How a stream is read.
struct StreamOptions {
  /// Resource limits; the default is for untrusted input.
  Limits limits{};
  /// The target's page size in bytes, for native streams that do not name theirs.
  std::optional<std::uint64_t> page_size = {};
  /// Called before the input is waited for: what is complete can be passed on.
  std::function<Status()> before_wait;
  /// Of the schema that streams in BER are by, which outlives the stream; null for the library's own.
  const qber::WireFormat* wire_format = nullptr;
  /// Where native device state waits for its description; else events come as they are in the stream.
  bool reorder = true;
  /// Reads a large file ahead, in a thread. Not for one of which only the begin is wanted.
  bool read_ahead = true;
  /// Pages of a mapped-ram file come without their data, which is not read: see `qevm::ReaderOptions`.
  bool skims_pages = false;

  /// Where the stream or its container begins in the file, which some writers leave to the user to know.
  std::optional<std::uint64_t> offset = {};
  /// The snapshot of a qcow2 image, by name or id; empty where it has one.
  std::string snapshot = {};
  /// Bytes other than zeros behind compressed data are passed over.
  bool allow_trailing = false;
  /// Unpacks lzop; without it lzop is not supported.
  container::Unpack unpack_lzop = {};
  /// Of a multifd migration, whose main channel the stream is: all channels beside it, in any order. They and
  /// the main channel come as one stream, with all of its RAM and without the records of multifd.
  std::vector<container::ChannelFile> channels = {};
  /// Called with what was found on the way to the stream, also where it could not be opened.
  std::function<void(const std::shared_ptr<const container::Contents>&)> on_contents = {};
  /// Called with the stream when it has been opened, for one that is opened and read in a single call.
  std::function<void(const OpenedStream&)> on_opened = {};
};

}  // namespace qember::vm
