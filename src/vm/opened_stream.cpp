// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/core/text.hpp>
#include <qember/vm/opened_stream.hpp>

#include <qember/io/descriptor_source.hpp>
#include <qember/io/read_ahead.hpp>

#include <array>

namespace qember::vm {
namespace {

constexpr std::size_t input_capacity = std::size_t{1} << 20U;
constexpr std::array<std::uint8_t, 4> ber_magic{0x7f, 0xcd, 0xc5, 0x51};
constexpr std::array<std::uint8_t, 4> native_magic{0x51, 0x45, 0x56, 0x4d};

/// A pipe has who writes to it, who is at work meanwhile; and a small file is read before a thread has begun.
bool is_worth_a_thread(const io::ByteSource& source) {
  constexpr std::uint64_t small = 4 * input_capacity;
  return source.is_seekable() && source.size().value_or(0) > small;
}

}  // namespace

OpenedStream::OpenedStream(io::ByteSource& source, StreamOptions options)
    : source_(source), options_(std::move(options)), input_(input_capacity) {
  if (options_.read_ahead && is_worth_a_thread(source)) read_ahead_ = std::make_unique<io::ReadAhead>(source);
}

OpenedStream::~OpenedStream() = default;

Result<std::unique_ptr<OpenedStream>> OpenedStream::open(const std::string& path, StreamOptions options) {
  auto source = io::open_source(path);
  if (!source) return std::move(source.error());
  auto stream = open(**source, std::move(options));
  if (stream) (*stream)->owned_ = std::move(*source);
  return stream;
}

/// The source is the stream itself: one in a container is opened as what the container has of it.
Result<std::unique_ptr<OpenedStream>> OpenedStream::open(io::ByteSource& source, StreamOptions options) {
  std::unique_ptr<OpenedStream> stream(new OpenedStream(source, std::move(options)));
  if (auto status = stream->sniff(); !status) return std::move(status.error());
  return stream;
}

Status OpenedStream::sniff() {
  // A byte more, which tells whether there are more than an error shows.
  while (input_.view().size() <= native_magic.size() && !input_.finished())
    if (auto status = wait(); !status) return status;
  const ByteView head = input_.view();
  const auto begins = [&head](const auto& magic) {
    return head.size() >= magic.size() && std::equal(magic.begin(), magic.end(), head.begin());
  };
  if (begins(ber_magic)) {
    events_ = &ber_.emplace(input_, options_.limits);
  } else if (begins(native_magic)) {
    events_ = &native_.emplace(input_, options_.limits, qevm::ReaderOptions{options_.page_size, &source_});
    if (options_.arrange) events_ = &reordered_.emplace(*native_, options_.limits);
  } else {
    const bool is_cut =
        head.size() < native_magic.size() && (std::equal(head.begin(), head.end(), ber_magic.begin()) ||
                                              std::equal(head.begin(), head.end(), native_magic.begin()));
    return Error{is_cut ? Errc::truncated : Errc::unknown_magic, 0, "magic",
                 "51 45 56 4d (QEVM) or 7f cd c5 51 (BER)", hex_excerpt(head, 4)};
  }
  return {};
}

Status OpenedStream::wait() {
  if (options_.before_wait) {
    if (auto status = options_.before_wait(); !status) return status;
  }
  return (read_ahead_ ? *read_ahead_ : source_).fill(input_);
}

Result<event::Event> OpenedStream::next() {
  for (;;) {
    auto event = events_->next();
    if (event || event.error().code != Errc::need_more) return event;
    if (auto status = wait(); !status) return std::move(status.error());
  }
}

}  // namespace qember::vm
