// SPDX-License-Identifier: LGPL-2.1-or-later
#include "qemu_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace qember::live {

namespace {

using namespace std::chrono_literals;

/// How long QEMU may take for one QMP command.
constexpr auto answer_time = 30s;

[[noreturn]] void fail_with_errno(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

}  // namespace

Deadline in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

void pause_until(Deadline deadline, std::string_view waiting_for) {
  if (std::chrono::steady_clock::now() >= deadline)
    throw std::runtime_error("watchdog: gave up waiting for " + std::string(waiting_for));
  std::this_thread::sleep_for(10ms);
}

std::string shell_quote(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'')
      quoted += "'\\''";
    else
      quoted += c;
  }
  return quoted + "'";
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

QemuProcess::QemuProcess(std::string name, const std::string& program, std::vector<std::string> arguments,
                         std::filesystem::path directory)
    : name_(std::move(name)), directory_(std::move(directory)) {
  start(program, std::move(arguments));
  try {
    receive(in(answer_time));  // the greeting
    execute("qmp_capabilities");
  } catch (...) {
    stop();
    throw;
  }
}

QemuProcess::~QemuProcess() { stop(); }

void QemuProcess::stop() noexcept {
  if (monitor_ >= 0) ::close(monitor_);
  if (pid_ > 0) {
    ::kill(-pid_, SIGKILL);  // its group: QEMU, and the shells of its exec: channels
    ::waitpid(pid_, nullptr, 0);
  }
  monitor_ = -1;
  pid_ = -1;
}

void QemuProcess::start(const std::string& program, std::vector<std::string> arguments) {
  // QMP is one end of a socket pair: nothing to clean up, and no moment when nobody listens yet.
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) fail_with_errno("socketpair");
  monitor_ = ends[0];
  arguments.insert(arguments.end(), {"-chardev", "socket,id=qmp,fd=" + std::to_string(ends[1]), "-mon",
                                     "chardev=qmp,mode=control"});

  const std::string log = (directory_ / (name_ + ".log")).string();
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  pid_ = ::fork();
  if (pid_ == 0) {
    // Only what may be called between fork and exec.
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::fcntl(ends[1], F_SETFD, 0);
    const int null = ::open("/dev/null", O_RDONLY);
    const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    ::dup2(null, STDIN_FILENO);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execvp(argv[0], argv.data());
    constexpr std::string_view message = "the program cannot be started\n";
    if (::write(STDERR_FILENO, message.data(), message.size()) < 0) ::_exit(126);
    ::_exit(127);
  }
  const int error = errno;
  ::close(ends[1]);
  if (pid_ < 0) {
    ::close(monitor_);
    errno = error;
    fail_with_errno("fork");
  }
  ::setpgid(pid_, pid_);  // in the child and here, so that it holds at once on both sides
}

std::string QemuProcess::log() const {
  std::string text = read_file(directory_ / (name_ + ".log"));
  constexpr std::size_t enough = 2000;
  if (text.size() > enough) text.erase(0, text.size() - enough);
  return text;
}

void QemuProcess::fail(std::string_view what) const {
  throw std::runtime_error(name_ + " QEMU: " + std::string(what) + "\n" + log());
}

nlohmann::json QemuProcess::receive(Deadline deadline) {
  std::size_t end = 0;
  while ((end = unread_.find('\n')) == std::string::npos) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left <= 0ms) fail("watchdog: no answer on QMP");
    pollfd ready{monitor_, POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(left.count())) <= 0) continue;
    std::array<char, 4096> buffer{};
    const ssize_t n = ::read(monitor_, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail("has gone");
    unread_.append(buffer.data(), static_cast<std::size_t>(n));
  }
  const std::string line = unread_.substr(0, end);
  unread_.erase(0, end + 1);
  return nlohmann::json::parse(line);
}

nlohmann::json QemuProcess::execute(std::string_view command, nlohmann::json arguments) {
  nlohmann::json request{{"execute", command}};
  if (!arguments.is_null()) request["arguments"] = std::move(arguments);
  const std::string line = request.dump() + "\n";
  // A command is far smaller than the socket's buffer, so that this neither blocks nor falls short.
  if (::send(monitor_, line.data(), line.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(line.size()))
    fail("takes no command");
  const Deadline deadline = in(answer_time);
  for (;;) {
    nlohmann::json answer = receive(deadline);
    if (answer.contains("return")) return answer["return"];
    if (answer.contains("error")) fail(std::string(command) + ": " + answer["error"].dump());
    // Anything else is an event; these tests ask instead of listening.
  }
}

std::string QemuProcess::read_memory(std::uint64_t address, std::uint64_t size) {
  const auto file = directory_ / (name_ + ".memory");
  execute("pmemsave", {{"val", address}, {"size", size}, {"filename", file.string()}});
  std::string memory = read_file(file);
  if (memory.size() != size) fail("pmemsave wrote " + std::to_string(memory.size()) + " bytes");
  return memory;
}

}  // namespace qember::live
