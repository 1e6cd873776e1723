// SPDX-License-Identifier: LGPL-2.1-or-later
#include "command.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace qember::test {
namespace {

constexpr unsigned watchdog_seconds = 60;

struct Pipe {
  Pipe() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  }
  std::array<int, 2> ends{};
};

/// Standard error is the test's where `error` is -1.
pid_t start(const Arguments& arguments, int in, int out, int error) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("no process");
  if (pid > 0) return pid;
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  if (error >= 0) ::dup2(error, STDERR_FILENO);
  std::signal(SIGPIPE, SIG_DFL);
  ::alarm(watchdog_seconds);  // outlives exec
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

void write_all(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return;  // it reads no further
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

std::string read_all(int fd) {
  std::string all;
  std::array<char, 65536> buffer;
  for (ssize_t count; (count = ::read(fd, buffer.data(), buffer.size())) > 0;)
    all.append(buffer.data(), static_cast<std::size_t>(count));
  return all;
}

Ran wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  Ran ran;
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return ran;
}

Ran run_program(const Arguments& arguments, ByteView in) {
  std::signal(SIGPIPE, SIG_IGN);
  const Pipe input;
  const Pipe output;
  const Pipe error;
  const pid_t pid = start(arguments, input.ends[0], output.ends[1], error.ends[1]);
  for (const int fd : {input.ends[0], output.ends[1], error.ends[1]}) ::close(fd);
  std::string out;
  std::string said;
  std::thread writer([&] {
    write_all(input.ends[1], in);
    ::close(input.ends[1]);
  });
  std::thread reader([&] { out = read_all(output.ends[0]); });
  said = read_all(error.ends[0]);
  writer.join();
  reader.join();
  ::close(output.ends[0]);
  ::close(error.ends[0]);
  Ran ran = wait_for(pid);
  ran.out = std::move(out);
  ran.error = std::move(said);
  return ran;
}

Arguments with_command(const Arguments& arguments) {
  Arguments all{QEMBER_TEST_COMMAND};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

}  // namespace

Ran run(const Arguments& arguments, ByteView in) { return run_program(with_command(arguments), in); }

Ran shell(const std::string& script) {
  ::setenv("QEMBER", QEMBER_TEST_COMMAND, 1);
  return run_program({"/bin/sh", "-c", script}, {});
}

Scratch::Scratch() {
  std::string name = (std::filesystem::temp_directory_path() / "qember-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch directory");
  directory_ = name;
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::string Scratch::file(const std::string& name, ByteView bytes) const {
  std::ofstream(path(name), std::ios::binary) << as_text(bytes);
  return path(name).string();
}

std::vector<std::string> Scratch::names() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory_))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

Bytes read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Running::Running(const Arguments& arguments) {
  std::signal(SIGPIPE, SIG_IGN);
  const Pipe input;
  const Pipe output;
  pid_ = start(with_command(arguments), input.ends[0], output.ends[1], -1);
  ::close(input.ends[0]);
  ::close(output.ends[1]);
  in_ = input.ends[1];
  out_ = output.ends[0];
}

Running::~Running() {
  close_input();
  close_output();
  if (pid_ > 0) ::kill(pid_, SIGKILL), wait_for(pid_);
}

void Running::write(ByteView bytes) const { write_all(in_, bytes); }

void Running::close_input() {
  if (in_ >= 0) ::close(in_);
  in_ = -1;
}

void Running::close_output() {
  if (out_ >= 0) ::close(out_);
  out_ = -1;
}

Bytes Running::read_some() const { return read_at_most(1U << 20U); }

Bytes Running::read(std::size_t size) const {
  Bytes bytes;
  while (bytes.size() < size) {
    const Bytes more = read_at_most(size - bytes.size());
    if (more.empty()) break;
    bytes.insert(bytes.end(), more.begin(), more.end());
  }
  return bytes;
}

Bytes Running::read_at_most(std::size_t size) const {
  pollfd ready{out_, POLLIN, 0};
  if (::poll(&ready, 1, watchdog_seconds * 1000) <= 0) return {};
  Bytes bytes(std::min<std::size_t>(size, 1U << 20U));
  const ssize_t count = ::read(out_, bytes.data(), bytes.size());
  bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return bytes;
}

// The system's own account, getrusage, begins with the memory of the process that forked this one.
long Running::peak_kib() const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  long kib = -1;
  for (std::string word; status >> word;)
    if (word == "VmHWM:") status >> kib;
  return kib;
}

Ran Running::wait() {
  close_input();
  close_output();
  return wait_for(std::exchange(pid_, -1));
}

}  // namespace qember::test
