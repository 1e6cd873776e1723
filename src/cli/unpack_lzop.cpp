// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unpack_lzop.hpp"
#include "child.hpp"

#include <qember/advanced/io/fd.hpp>
#include <qember/advanced/io/system_error.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace qember::cli {
namespace {

constexpr auto program = "lzop";

Error refuse(Errc code, std::string expected, std::string found) {
  Error error{code, 0, program, std::move(expected), std::move(found)};
  error.in_container = true;
  return error;
}

/// The program at work. It gets input when it takes some and has no output to give, so that neither waits for
/// the other.
class Unpacking final : public io::ByteSource {
 public:
  explicit Unpacking(io::ByteSource& packed) : packed_(packed) {}
  ~Unpacking() override;
  Status start();

  std::optional<std::uint64_t> size() const override { return std::nullopt; }
  bool is_seekable() const override { return false; }
  Result<std::size_t> read_some(std::uint64_t offset, MutableBytes to) override;

 private:
  Status feed();
  Status refill();
  Status finish();

  io::ByteSource& packed_;
  pid_t child_ = -1;
  io::Descriptor to_;    ///< its standard input
  io::Descriptor from_;  ///< its standard output
  Bytes buffer_ = Bytes(std::size_t{64} << 10U);
  ByteView unwritten_;
  std::uint64_t read_ = 0;  ///< bytes of `packed_`
};

Unpacking::~Unpacking() {
  if (child_ < 0) return;
  ::kill(child_, SIGTERM);
  wait_for_child(child_);
}

Status Unpacking::start() {
  Pipe in;
  Pipe out;
  if (!in.open() || !out.open()) return io::system_error(program);
  // It takes a closed pipe as programs do, though this one does not.
  const int failed =
      start_child({program, "-dc", "--ignore-warn"},
                  {.input = in.read_end.get(), .output = out.write_end.get(), .is_silent = true}, child_);
  if (failed != 0) {
    child_ = -1;
    return refuse(Errc::unsupported, "the program lzop, which unpacks this", "none: install it");
  }
  to_ = std::move(in.write_end);
  from_ = std::move(out.read_end);
  ::fcntl(to_.get(), F_SETFL, O_NONBLOCK);
  return {};
}

Status Unpacking::refill() {
  const auto count = packed_.read_some(read_, buffer_);
  if (!count) return count.error();
  read_ += *count;
  unwritten_ = ByteView(buffer_).first(*count);
  if (unwritten_.empty()) to_ = io::Descriptor();
  return {};
}

Status Unpacking::feed() {
  if (unwritten_.empty())
    if (auto status = refill(); !status || unwritten_.empty()) return status;
  const ssize_t count = ::write(to_.get(), unwritten_.data(), unwritten_.size());
  if (count >= 0) {
    unwritten_ = unwritten_.subspan(static_cast<std::size_t>(count));
  } else if (errno == EPIPE) {
    to_ = io::Descriptor();  // it has had enough, and its exit code tells why
  } else if (errno != EAGAIN && errno != EINTR) {
    return io::system_error(program);
  }
  return {};
}

/// It has no more to give.
Status Unpacking::finish() {
  if (child_ < 0) return {};
  const auto outcome = wait_for_child(std::exchange(child_, -1));
  if (!outcome) return io::system_error(program);
  if (WIFEXITED(*outcome) && WEXITSTATUS(*outcome) == 0) return {};
  Error error = refuse(Errc::bad_value, "data that lzop takes",
                       WIFSIGNALED(*outcome) ? fmt::format("its end by signal {}", WTERMSIG(*outcome))
                                             : fmt::format("its exit code {}", WEXITSTATUS(*outcome)));
  error.offset = read_;
  return error;
}

Result<std::size_t> Unpacking::read_some(std::uint64_t, MutableBytes to) {
  for (;;) {
    std::array<pollfd, 2> waits{pollfd{from_.get(), POLLIN, 0}, pollfd{to_.get(), POLLOUT, 0}};
    if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return io::system_error(program);
    if (waits[0].revents != 0) {
      auto count = io::read_some(from_.get(), to, program);
      if (!count || *count > 0) return count;
      if (auto status = finish(); !status) return std::move(status.error());
      return std::size_t{0};
    }
    if (waits[1].revents != 0)
      if (auto status = feed(); !status) return std::move(status.error());
  }
}

}  // namespace

Result<std::unique_ptr<io::ByteSource>> unpack_lzop(io::ByteSource& packed) {
  auto unpacking = std::make_unique<Unpacking>(packed);
  if (auto status = unpacking->start(); !status) return std::move(status.error());
  return std::unique_ptr<io::ByteSource>(std::move(unpacking));
}

}  // namespace qember::cli
