// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/opened_stream.hpp>

#include <qember/advanced/core/text.hpp>
#include <qember/advanced/io/descriptor_source.hpp>

#include "../io/read_ahead.hpp"
#include "../io/spooled_source.hpp"
#include "merged_stream.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::vm {
namespace {

constexpr std::size_t input_capacity = std::size_t{1} << 20U;

/// A pipe has who writes to it, who is at work meanwhile; and a small file is read before a thread has begun.
bool is_worth_a_thread(const io::ByteSource& file, bool is_unpacked) {
  const std::uint64_t small = is_unpacked ? input_capacity / 4 : 4 * input_capacity;
  return file.is_seekable() && file.size().value_or(0) > small;
}

/// Whether a stream that begins so is a mapped-ram file.
bool is_mapped_ram(ByteView head, const Limits& limits) {
  io::Input input = io::Input::over(head);
  qevm::Reader reader(input, limits);
  for (std::size_t events = 0; events < 2; ++events)
    if (!reader.next()) return false;
  return reader.session().mapped_ram();
}

bool is_trailing_zeros(const event::Event& event) {
  const auto* const rest = std::get_if<event::TrailingData>(&event);
  return rest != nullptr && std::ranges::all_of(rest->data, [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

OpenedStream::OpenedStream(io::ByteSource& source, StreamOptions options,
                           std::shared_ptr<const container::Contents> contents,
                           std::unique_ptr<container::Opened> opened)
    : source_(source),
      contents_(std::move(contents)),
      opened_(std::move(opened)),
      options_(std::move(options)),
      input_(input_capacity, opened_->is_in_file() ? opened_->base() : 0) {}

OpenedStream::~OpenedStream() = default;

Result<std::unique_ptr<OpenedStream>> OpenedStream::open(const std::string& path, StreamOptions options) {
  auto source = container::open_file(path);
  if (!source) return std::move(source.error());
  return open(std::move(*source), std::move(options));
}

Result<std::unique_ptr<OpenedStream>> OpenedStream::open(std::unique_ptr<io::ByteSource> source,
                                                         StreamOptions options) {
  auto stream = open(*source, std::move(options));
  if (stream) (*stream)->owned_ = std::move(source);
  return stream;
}

Result<std::unique_ptr<OpenedStream>> OpenedStream::open(io::ByteSource& source, StreamOptions options) {
  if (options.before_wait && !source.is_seekable())
    if (auto status = options.before_wait(); !status) return std::move(status.error());
  auto contents = std::make_shared<container::Contents>();
  auto opened = container::Opened::open(
      source, {options.limits, options.offset, options.snapshot, options.allow_trailing, options.unpack_lzop},
      *contents);
  if (opened && !options.channels.empty())
    contents->way.back() += fmt::format(" with {} multifd channels", options.channels.size());
  if (options.on_contents) options.on_contents(contents);
  if (!opened) return std::move(opened.error());
  std::unique_ptr<OpenedStream> stream(
      new OpenedStream(source, std::move(options), std::move(contents), std::move(*opened)));
  if (auto status = stream->open_channels(); !status) return std::move(status.error());
  if (auto status = stream->choose_bytes(); !status) return std::move(status.error());
  stream->begin_reader();
  if (stream->options_.on_opened) stream->options_.on_opened(*stream);
  return stream;
}

/// Their packets tell the page size, which the main channel may not.
Status OpenedStream::open_channels() {
  if (options_.channels.empty()) return {};
  container::ChannelOptions with;
  with.limits = options_.limits;
  with.before_wait = options_.before_wait;
  with.unpack_lzop = options_.unpack_lzop;
  auto channels = container::open_channels(options_.channels, with);
  if (!channels) return std::move(channels.error());
  channels_ = std::move(*channels);
  if (!options_.page_size) options_.page_size = container::page_size_of(channels_);
  return {};
}

/// A mapped-ram file is read at more places than one, and may reach further than its container says. Whether
/// it is one is looked at ahead where that need not wait for a pipe.
Status OpenedStream::choose_bytes() {
  bytes_ = &opened_->bytes();
  if ((source_.is_seekable() || bytes_->is_seekable()) && format() == Format::native) {
    constexpr std::size_t enough = std::size_t{64} << 10U;
    const auto head = opened_->bytes().peek(enough);
    if (!head) return head.error();
    is_mapped_ram_ = is_mapped_ram(*head, options_.limits);
    if (is_mapped_ram_) bytes_ = &opened_->extent();
    if (is_mapped_ram_ && !bytes_->is_seekable())
      if (const auto spooled = spool(); !spooled) return spooled.error();
  }
  if (options_.read_ahead && !skims_pages() && !spooled_ &&
      is_worth_a_thread(source_, opened_->is_unpacked()))
    read_ahead_ = std::make_unique<io::ReadAhead>(*bytes_);
  return {};
}

void OpenedStream::begin_reader() {
  if (format() == Format::ber) {
    events_ = &ber_.emplace(input_, options_.limits,
                            qber::ReaderOptions{true, options_.wire_format, options_.page_size, false});
    merge();
    return;
  }
  qevm::ReaderOptions options{options_.page_size, bytes_, opened_->base(), [this] { return spool(); },
                              skims_pages()};
  events_ = &native_.emplace(input_, options_.limits, std::move(options));
  merge();
  if (options_.reorder) events_ = &reordered_.emplace(*events_, options_.limits);
}

void OpenedStream::merge() {
  if (channels_.empty()) return;
  merged_ = std::make_unique<MergedStream>(*events_, std::move(channels_));
  events_ = merged_.get();
}

std::uint64_t OpenedStream::channel_bytes() const noexcept { return merged_ ? merged_->channel_bytes() : 0; }

Result<io::ByteSource*> OpenedStream::spool() {
  if (options_.before_wait)
    if (auto status = options_.before_wait(); !status) return std::move(status.error());
  auto spooled =
      io::SpooledSource::read(*bytes_, input_.position(), input_.view(), options_.limits.max_spooled);
  if (!spooled) return std::move(spooled.error());
  spooled_ = std::move(*spooled);
  return bytes_ = spooled_.get();
}

Status OpenedStream::wait() {
  if (options_.before_wait) {
    if (auto status = options_.before_wait(); !status) return status;
  }
  return (read_ahead_ ? *read_ahead_ : *bytes_).fill(input_);
}

/// Behind a stream in BER there may be zeros, as behind a native one.
Status OpenedStream::read_rest() {
  if (!end_) end_ = input_.position();
  for (;;) {
    const ByteView rest = input_.view();
    const auto other = std::ranges::find_if(rest, [](std::uint8_t byte) { return byte != 0; });
    if (other != rest.end() && !options_.allow_trailing) {
      input_.consume(static_cast<std::size_t>(other - rest.begin()));
      return Error{Errc::trailing_data, input_.offset(), path(), "the end of the input",
                   hex_excerpt(input_.view())};
    }
    if (auto status = add_trailing(rest.size()); !status) return status;
    input_.consume(rest.size());
    if (input_.finished()) return {};
    if (auto status = wait(); !status) return status;
  }
}

Status OpenedStream::check_trailing(const event::Event& event) {
  const auto* const rest = std::get_if<event::TrailingData>(&event);
  return rest == nullptr || rest->device_state ? Status() : add_trailing(rest->data.size());
}

/// What a few bytes claim to be is not read for hours.
Status OpenedStream::add_trailing(std::size_t count) {
  if (!opened_->is_unpacked()) return {};
  trailing_ += count;
  if (trailing_ <= options_.limits.max_unpacked_zeros) return {};
  return Error{Errc::limit, offset(), path(),
               fmt::format("max_unpacked_zeros: at most {} bytes behind the stream",
                           options_.limits.max_unpacked_zeros),
               "more"};
}

Result<event::Event> OpenedStream::next() {
  for (;;) {
    auto event = events_->next();
    if (event) {
      // The last cluster has more than a stream whose container does not say how long it is.
      const bool is_extent = is_mapped_ram_ && &opened_->extent() != &opened_->bytes();
      if (is_extent && is_trailing_zeros(*event)) continue;
      if (auto status = check_trailing(*event); !status) return std::move(status.error());
      if (ber_ && std::holds_alternative<event::StreamEnd>(*event))
        if (auto status = read_rest(); !status) return std::move(status.error());
      return event;
    }
    if (event.error().code != Errc::need_more) return event;
    if (auto status = wait(); !status) return std::move(status.error());
  }
}

}  // namespace qember::vm
