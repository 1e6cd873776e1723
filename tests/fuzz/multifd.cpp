// SPDX-License-Identifier: LGPL-2.1-or-later
// Multifd sets: whatever the channels claim, they are refused with a place in one of them, or make a stream
// that is sound without them.
#include "fuzz.hpp"

#include "support/channel_builder.hpp"
#include "support/convert.hpp"

#include <qember/advanced/io/memory_source.hpp>
#include <qember/advanced/vm/check.hpp>
#include <qember/advanced/vm/unwrap.hpp>

#include <deque>

namespace qember::fuzz {
namespace {

/// The first byte chooses the main channel, the second how many channels the rest is cut into.
struct Set {
  Bytes main;
  std::deque<Bytes> bytes;
  std::vector<container::ChannelFile> channels;
};

Set make_set(ByteView in) {
  const auto sync_points = (in[0] & 1U) != 0 ? test::SyncPoints::sections : test::SyncPoints::records;
  Set set{test::main_channel(sync_points, 2 + (in[0] >> 1U) % 4), {}, {}};
  const std::size_t count = 1 + in[1] % 3;
  const ByteView rest = in.subspan(2);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t begin = rest.size() * i / count;
    const ByteView part = rest.subspan(begin, rest.size() * (i + 1) / count - begin);
    // The hello is mostly a good one.
    Bytes channel = test::ChannelBuilder(static_cast<std::uint8_t>(i)).bytes();
    channel.insert(channel.end(), part.begin(), part.end());
    const Bytes& kept = set.bytes.emplace_back(std::move(channel));
    set.channels.push_back({"c" + std::to_string(i), std::make_shared<io::MemorySource>(kept)});
  }
  return set;
}

}  // namespace

const Mutate structure = nullptr;

void fuzz(ByteView in) {
  if (in.size() < 2) return;
  Set set = make_set(in);
  io::MemorySource source(set.main);
  vm::UnwrapOptions options;
  options.read.channels = set.channels;
  Bytes plain;
  const auto keep = [&plain](io::Output& output) {
    for (const iovec& piece : output.pieces()) {
      const auto* const bytes = static_cast<const std::uint8_t*>(piece.iov_base);
      plain.insert(plain.end(), bytes, bytes + piece.iov_len);
    }
    output.clear();
    return Status();
  };
  const auto status = vm::unwrap(source, keep, options);
  vm::StreamOptions read;
  read.channels = set.channels;
  std::optional<Error> found;
  vm::check(source, [&found](const Error& error) { return found = error, false; }, std::move(read));
  require(status || found, "what is not put together is not sound");
  if (!status) {
    const Errc code = status.error().code;
    require(code != Errc::internal && code != Errc::need_more && code != Errc::io && code != Errc::usage,
            "a finding is about the input");
    require(!status.error().expected.empty(), "a finding says what was expected");
    return;
  }
  io::MemorySource made(plain);
  std::optional<Error> left;
  vm::check(made, [&left](const Error& error) { return left = error, false; }, {});
  require(found.has_value() || !left, "a sound set makes a sound stream");
}

}  // namespace qember::fuzz
