// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/core/text.hpp>
#include <qember/vm/opened_stream.hpp>

#include <qember/io/fd.hpp>

#include <array>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace qember::vm {
namespace {

constexpr std::size_t input_capacity = std::size_t{1} << 20U;
constexpr std::array<std::uint8_t, 4> ber_magic{0x7f, 0xcd, 0xc5, 0x51};
constexpr std::array<std::uint8_t, 4> native_magic{0x51, 0x45, 0x56, 0x4d};

}  // namespace

OpenedStream::OpenedStream(io::Descriptor descriptor, StreamOptions options)
    : descriptor_(std::move(descriptor)), options_(std::move(options)), input_(input_capacity) {}

Result<std::unique_ptr<OpenedStream>> OpenedStream::open(const std::string& path, StreamOptions options) {
  auto descriptor = io::open_input(path);
  if (!descriptor) return std::move(descriptor.error());
  // A pipe as large as a read costs fewer of them; where it can't be had, nothing is lost.
  ::fcntl(descriptor->get(), F_SETPIPE_SZ, static_cast<int>(input_capacity));
  ::posix_fadvise(descriptor->get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  std::unique_ptr<OpenedStream> stream(new OpenedStream(std::move(*descriptor), std::move(options)));
  if (auto status = stream->sniff(); !status) return std::move(status.error());
  stream->read_ahead();
  return stream;
}

/// A pipe has who writes to it, who is at work meanwhile; and a small file is read before a thread has begun.
void OpenedStream::read_ahead() {
  constexpr off_t small = 4 * input_capacity;
  struct stat status{};
  if (::fstat(descriptor_.get(), &status) == 0 && S_ISREG(status.st_mode) && status.st_size > small)
    read_ahead_.emplace(descriptor_.get());
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
    source_ = &decoder_.emplace(input_, options_.limits);
  } else if (begins(native_magic)) {
    if (const off_t begin = ::lseek(descriptor_.get(), 0, SEEK_CUR); begin >= 0) {
      // What has been read so far is the head of the stream.
      const off_t stream = begin - static_cast<off_t>(head.size());
      options_.reader.read_at = [fd = descriptor_.get(), stream](std::uint64_t offset, MutableBytes to) {
        const ssize_t count = ::pread(fd, to.data(), to.size(), stream + static_cast<off_t>(offset));
        return count < 0 ? std::size_t{0} : static_cast<std::size_t>(count);
      };
    }
    source_ = &reader_.emplace(input_, options_.limits, options_.reader);
    if (options_.arrange) source_ = &arranger_.emplace(*reader_, options_.limits);
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
  return read_ahead_ ? read_ahead_->fill(input_) : io::fill(input_, descriptor_.get());
}

Result<event::Event> OpenedStream::next() {
  for (;;) {
    auto event = source_->next();
    if (event || event.error().code != Errc::need_more) return event;
    if (auto status = wait(); !status) return std::move(status.error());
  }
}

}  // namespace qember::vm
