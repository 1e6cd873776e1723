// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/io/sparse_files.hpp>

#include <fmt/format.h>

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace qember::io {
namespace {

constexpr std::size_t run_capacity = std::size_t{256} << 10U;

bool is_plain(char c) {
  constexpr std::string_view others = "._@:+-";
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         others.find(c) != std::string_view::npos;
}

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace

std::string block_file_name(std::string_view block) {
  constexpr std::size_t max_name = 200;
  constexpr std::size_t hash_digits = 16;
  std::string name;
  for (const char c : block) {
    const bool leads = name.empty() && (c == '.' || c == '-' || block == index_file_name);
    name += is_plain(c) && !leads ? std::string(1, c) : fmt::format("%{:02X}", static_cast<std::uint8_t>(c));
  }
  // No other name is a bare '%'.
  if (name.empty()) return "%";
  if (name.size() <= max_name) return name;
  return fmt::format("{}~{:016x}", name.substr(0, max_name - hash_digits - 1), fnv1a(block));
}

Status write_at(int fd, std::uint64_t at, ByteView data, const std::string& name) {
  while (!data.empty()) {
    const ssize_t written = ::pwrite(fd, data.data(), data.size(), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_error(name);
    at += static_cast<std::uint64_t>(written);
    data = data.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Status read_at(int fd, std::uint64_t at, MutableBytes data, const std::string& name) {
  while (!data.empty()) {
    const ssize_t count = ::pread(fd, data.data(), data.size(), static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(name);
    if (count == 0) {
      std::ranges::fill(data, std::uint8_t{0});
      return {};
    }
    at += static_cast<std::uint64_t>(count);
    data = data.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Status SparseFile::write(std::uint64_t at, ByteView data) {
  const bool follows = run_at_ + run_.size() == at && run_.size() + data.size() <= run_capacity;
  if (!follows) {
    if (auto status = flush(); !status) return status;
    run_at_ = at;
  }
  run_.insert(run_.end(), data.begin(), data.end());
  return {};
}

Status SparseFile::flush() {
  auto status = write_at(fd_, run_at_, run_, name_);
  run_.clear();
  return status;
}

Status SparseFile::read(std::uint64_t at, MutableBytes data) {
  if (auto status = flush(); !status) return status;
  return read_at(fd_, at, data, name_);
}

Status SparseFile::clear(std::uint64_t at, std::uint64_t size) {
  if (auto status = flush(); !status) return status;
  if (::fallocate(fd_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(at),
                  static_cast<off_t>(size)) == 0)
    return {};
  if (errno != EOPNOTSUPP) return system_error(name_);
  const Bytes zeroes(std::min<std::uint64_t>(size, run_capacity));
  for (std::uint64_t done = 0; done < size; done += zeroes.size()) {
    const auto piece = ByteView(zeroes).first(std::min<std::uint64_t>(zeroes.size(), size - done));
    if (auto status = write_at(fd_, at + done, piece, name_); !status) return status;
  }
  return {};
}

Result<StagedDirectory> StagedDirectory::open(const std::string& path, bool force, const std::string& input) {
  auto real = followed(path);
  if (!real) return std::move(real.error());
  StagedDirectory directory;
  directory.path_ = std::move(*real);
  directory.input_ = input;
  directory.force_ = force;
  {
    const SignalsHeld held;
    if (::mkdir(directory.path_.c_str(), 0777) == 0)
      directory.made_ = Unfinished(directory.path_);
    else if (errno != EEXIST)
      return system_error(path);
    // Beside the files' last place, so that renaming is all that is left to do.
    std::string staging = directory.path_ + "/.qember-XXXXXX";
    if (::mkdtemp(staging.data()) == nullptr) return system_error(path);
    directory.staging_ = Unfinished(std::move(staging));
  }
  if (auto status = directory.check_free(index_file_name); !status) return std::move(status.error());
  return directory;
}

Status StagedDirectory::check_free(const std::string& name) const {
  const std::string path = final_path(name);
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return {};
  if (!force_) return Error{Errc::usage, 0, path, "no file of that name, or --force", "one"};
  if (S_ISDIR(status.st_mode)) return Error{Errc::usage, 0, path, "no directory of that name", "one"};
  return check_not_input(path, input_);
}

Result<Descriptor> StagedDirectory::open_file(const std::string& name) {
  const std::string path = staged_path(name);
  const SignalsHeld held;
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return system_error(final_path(name));
  if (!files_.contains(path)) files_.emplace(path, Unfinished(path));
  return Descriptor(fd, true);
}

Status StagedDirectory::place(const std::string& name) {
  const std::string path = final_path(name);
  const std::string old = old_path(name);
  const bool replaces = ::rename(path.c_str(), old.c_str()) == 0;
  if (!replaces && errno != ENOENT) return system_error(path);
  if (replaces) files_.emplace(old, Unfinished(old));
  if (::rename(staged_path(name).c_str(), path.c_str()) != 0) {
    Error error = system_error(path);
    if (replaces) ::rename(old.c_str(), path.c_str());
    return error;
  }
  placed_.push_back({name, replaces});
  return {};
}

Status StagedDirectory::commit(std::span<const std::string> names) {
  for (const std::string& name : names)
    if (auto status = check_free(name); !status) return status;
  const SignalsHeld held;
  for (const std::string& name : names) {
    if (auto status = place(name); !status) return undo(), status;
  }
  made_.keep();
  return {};
}

void StagedDirectory::undo() noexcept {
  const SignalsHeld held;
  for (; !placed_.empty(); placed_.pop_back()) {
    const auto& [name, replaces] = placed_.back();
    ::rename(final_path(name).c_str(), staged_path(name).c_str());
    if (replaces) ::rename(old_path(name).c_str(), final_path(name).c_str());
  }
}

}  // namespace qember::io
