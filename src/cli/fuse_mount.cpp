// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuse_mount.hpp"

#include "output.hpp"

#include <qember/advanced/io/descriptor.hpp>
#include <qember/advanced/io/system_error.hpp>
#include <qember/advanced/io/unfinished.hpp>

#include <fmt/format.h>

#define FUSE_USE_VERSION 31
#include <fuse.h>
#include <fuse_lowlevel.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdlib>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace qember::cli {
namespace {

/// What the calls of the system get at.
struct Served {
  const FileTree& files;
  const MountOptions& options;
  std::atomic<bool> has_failed = false;
};

Served& served() { return *static_cast<Served*>(fuse_get_context()->private_data); }

/// The tree has no leading slash.
std::string_view path_of(const char* path) { return std::string_view(path).substr(1); }

/// What is thrown does not get into C.
template <class Call>
int guarded(Call call) noexcept {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return -ENOMEM;
  } catch (...) {
    return -EIO;
  }
}

int get_attributes(const char* name, struct stat* to, fuse_file_info*) {
  return guarded([&] {
    const std::string_view path = path_of(name);
    io::ByteSource* const file = served().files.find(path);
    const bool is_directory = file == nullptr && served().files.is_directory(path);
    if (file == nullptr && !is_directory) return -ENOENT;
    const auto size = is_directory ? std::optional<std::uint64_t>(0) : file->size();
    if (!size) return -EIO;
    *to = {};
    to->st_mode = is_directory ? S_IFDIR | S_IRUSR | S_IXUSR : S_IFREG | S_IRUSR;
    to->st_nlink = is_directory ? 2 : 1;
    to->st_uid = ::getuid();
    to->st_gid = ::getgid();
    to->st_size = static_cast<off_t>(*size);
    // A file without blocks is one hole to programs that leave holes out, such as tar.
    constexpr std::uint64_t block = 512;
    to->st_blocks = static_cast<blkcnt_t>((*size + block - 1) / block);
    to->st_mtim.tv_sec = to->st_ctim.tv_sec = to->st_atim.tv_sec = served().options.modified;
    return 0;
  });
}

int read_directory(const char* name, void* to, fuse_fill_dir_t fill, off_t, fuse_file_info*,
                   fuse_readdir_flags) {
  return guarded([&] {
    const std::string_view path = path_of(name);
    if (!served().files.is_directory(path)) return -ENOENT;
    for (const char* own : {".", ".."}) fill(to, own, nullptr, 0, fuse_fill_dir_flags{});
    for (const std::string& each : served().files.names_in(path))
      if (fill(to, each.c_str(), nullptr, 0, fuse_fill_dir_flags{}) != 0) return -ENOMEM;
    return 0;
  });
}

int open_file(const char* name, fuse_file_info* info) {
  return guarded([&] {
    io::ByteSource* const file = served().files.find(path_of(name));
    if (file == nullptr) return -ENOENT;
    if ((info->flags & O_ACCMODE) != O_RDONLY) return -EROFS;
    info->fh = reinterpret_cast<std::uintptr_t>(file);
    info->keep_cache = 1;
    return 0;
  });
}

int read_file(const char* name, char* to, std::size_t size, off_t offset, fuse_file_info* info) {
  return guarded([&]() -> int {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): libfuse keeps it as a number
    auto* const file = reinterpret_cast<io::ByteSource*>(info->fh);
    const auto count = file->read_at(static_cast<std::uint64_t>(offset),
                                     MutableBytes(reinterpret_cast<std::uint8_t*>(to), size));
    if (count) return static_cast<int>(*count);
    if (!served().has_failed.exchange(true))
      say_line(fmt::format("{}: {}", path_of(name), to_string(count.error())));
    return -EIO;
  });
}

void* begin(fuse_conn_info*, fuse_config* config) {
  // Nothing ever changes.
  constexpr double a_day = 86400;
  config->kernel_cache = 1;
  config->entry_timeout = config->attr_timeout = config->negative_timeout = a_day;
  return fuse_get_context()->private_data;
}

fuse_operations operations() {
  fuse_operations calls{};
  calls.getattr = get_attributes;
  calls.readdir = read_directory;
  calls.open = open_file;
  calls.read = read_file;
  calls.init = begin;
  return calls;
}

/// What libfuse said last, for the error.
std::string& last_words() {
  static std::string words;
  return words;
}

void note_words(fuse_log_level, const char* format, va_list arguments) {
  std::array<char, 512> text{};
  std::vsnprintf(text.data(), text.size(), format, arguments);
  last_words() = text.data();
  while (last_words().ends_with('\n')) last_words().pop_back();
}

Error refused(const std::string& directory) {
  return {Errc::io, 0, directory, {}, last_words().empty() ? "it can't be mounted" : last_words()};
}

/// Written to when it is time to end; by a signal, too.
int stop_descriptor = -1;

void stop(int = 0) {
  const int before = errno;
  const std::uint64_t one = 1;
  static_cast<void>(::write(stop_descriptor, &one, sizeof one) < 0);
  errno = before;
}

/// Signals that end it, as long as this lives; those that are ignored stay so.
class StopSignals {
 public:
  StopSignals() {
    for (std::size_t i = 0; i < signals.size(); ++i) {
      ::sigaction(signals[i], nullptr, &before_[i]);
      struct sigaction action{};
      action.sa_handler = stop;
      if (before_[i].sa_handler != SIG_IGN) ::sigaction(signals[i], &action, nullptr);
    }
  }
  ~StopSignals() {
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &before_[i], nullptr);
  }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

 private:
  static constexpr std::array signals{SIGHUP, SIGINT, SIGTERM};
  std::array<struct sigaction, signals.size()> before_{};
};

/// Answers requests until the files are unmounted or `stop` is called.
void answer(fuse_session* session) {
  fuse_buf request{};
  std::array<pollfd, 2> ready{{{fuse_session_fd(session), POLLIN, 0}, {stop_descriptor, POLLIN, 0}}};
  while (fuse_session_exited(session) == 0) {
    if (::poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR) break;
    if (ready[1].revents != 0) break;
    const int size = fuse_session_receive_buf(session, &request);
    // Another thread may have taken it.
    if (size == -EINTR || size == -EAGAIN) continue;
    if (size <= 0) break;
    fuse_session_process_buf(session, &request);
  }
  std::free(request.mem);
  stop();
}

void answer_all(fuse_session* session) {
  constexpr std::size_t threads = 4;
  std::vector<std::thread> others;
  {
    const io::SignalsHeld held;
    for (std::size_t i = 0; i < threads; ++i) others.emplace_back(answer, session);
  }
  for (std::thread& each : others) each.join();
}

struct Destroy {
  void operator()(fuse* mount) const noexcept { fuse_destroy(mount); }
};
struct Unmount {
  void operator()(fuse* mount) const noexcept { fuse_unmount(mount); }
};

std::unique_ptr<fuse, Destroy> make_fuse(Served& served) {
  std::array<char*, 3> words{const_cast<char*>("qember"), const_cast<char*>("-o"),
                             const_cast<char*>("ro,nosuid,nodev,fsname=qember,subtype=qember")};
  fuse_args arguments = FUSE_ARGS_INIT(static_cast<int>(words.size()), words.data());
  const fuse_operations calls = operations();
  std::unique_ptr<fuse, Destroy> made(fuse_new(&arguments, &calls, sizeof calls, &served));
  fuse_opt_free_args(&arguments);
  return made;
}

}  // namespace

Status serve_files(const FileTree& files, const MountOptions& options) {
  fuse_set_log_func(note_words);
  Served served{files, options};
  const io::Descriptor stopping(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (stopping.get() < 0) return io::system_error("eventfd");
  stop_descriptor = stopping.get();
  const auto made = make_fuse(served);
  if (!made) return refused(options.directory);
  const StopSignals signals;
  if (fuse_mount(made.get(), options.directory.c_str()) != 0) return refused(options.directory);
  const std::unique_ptr<fuse, Unmount> mounted(made.get());
  fuse_session* const session = fuse_get_session(made.get());
  ::fcntl(fuse_session_fd(session), F_SETFL, O_NONBLOCK);
  if (fuse_daemonize(options.foreground ? 1 : 0) != 0) return refused(options.directory);
  answer_all(session);
  return {};
}

}  // namespace qember::cli
