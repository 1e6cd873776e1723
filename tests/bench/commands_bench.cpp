// SPDX-License-Identifier: LGPL-2.1-or-later
#include "benchmarks.hpp"
#include "duel.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace qember::bench {
namespace {

using Command = std::vector<std::string>;
using Clock = std::chrono::steady_clock;

/// Sends `bytes` through a command's pipes; the seconds from when the last byte has gone in until the last
/// one is out.
double latency(const Command& command, ByteView bytes) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0)
    throw std::runtime_error("no pipe");
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  pid_t child = 0;
  if (posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ) != 0)
    throw std::runtime_error(command[0] + " does not start");
  posix_spawn_file_actions_destroy(&actions);
  ::close(in[0]);
  ::close(out[1]);

  Clock::time_point last_out;
  std::thread reader([&last_out, fd = out[0]] {
    std::vector<std::uint8_t> room(1U << 20U);
    while (::read(fd, room.data(), room.size()) > 0) last_out = Clock::now();
  });
  while (!bytes.empty()) {
    const ssize_t written = ::write(in[1], bytes.data(), bytes.size());
    if (written <= 0) throw std::runtime_error(command[0] + " takes no more");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  const Clock::time_point last_in = Clock::now();
  ::close(in[1]);
  reader.join();
  ::close(out[0]);
  int status = 0;
  if (::waitpid(child, &status, 0) < 0 || status != 0) throw std::runtime_error(command[0] + " failed");
  return std::max(0.0, std::chrono::duration<double>(last_out - last_in).count());
}

void add_file(const std::string& verb, const std::filesystem::path& in, const std::filesystem::path& out,
              const std::string& peer, const Command& peer_command, std::optional<double> goal) {
  add({.name = "file/" + verb + "/" + peer,
       .work = verb + ", file to file",
       .against = peer,
       .figure = Figure::time,
       .goal = goal.value_or(0),
       .once = true,
       .ours = timed([=] { run({QEMBER_BENCH_COMMAND, verb, in, "-o", out}); }),
       .theirs = timed([=] { run(peer_command, out); }),
       .after = [out] { std::filesystem::remove(out); }});
}

}  // namespace

void add_commands(const Material& material) {
  const std::filesystem::path out = material.directory() / "out";
  for (const std::string verb : {"encode", "decode"}) {
    const std::filesystem::path in = verb == "encode" ? material.native() : material.ber();
    add_file(verb, in, out, "cat", {"cat", in}, 1.15);
    add_file(verb, in, out, "dd bs=1M", {"dd", "bs=1M", "status=none", "if=" + in.string()}, {});
  }

  const std::filesystem::path ber = material.ber();
  const auto check = timed([ber] { run({QEMBER_BENCH_COMMAND, "check", ber}); });
  add({.name = "file/check/cat",
       .work = "check",
       .against = "cat to /dev/null",
       .figure = Figure::time,
       .goal = 2.5,
       .once = true,
       .ours = check,
       .theirs = timed([ber] { run({"cat", ber}, "/dev/null"); })});
  // Which takes minutes for more.
  if (constexpr std::uint64_t most = 256U << 20U; material.ber_size < most)
    add({.name = "file/check/openssl",
         .work = "check",
         .against = "openssl asn1parse",
         .goal = 20,
         .once = true,
         .ours = check,
         .theirs =
             timed([ber] { run({"openssl", "asn1parse", "-inform", "DER", "-in", ber}, "/dev/null"); })});

  // The devices come last.
  for (const std::string verb : {"encode", "decode"})
    add({.name = "latency/" + verb,
         .work = verb + " in a pipe: last in to last out",
         .against = "cat",
         .figure = Figure::seconds,
         .goal = 0.010,
         .once = true,
         .ours =
             [verb, file = std::make_shared<Mapped>(verb == "encode" ? material.native() : material.ber())] {
               return latency({QEMBER_BENCH_COMMAND, verb}, file->bytes());
             },
         .theirs = [file = std::make_shared<Mapped>(
                        material.native())] { return latency({"cat"}, file->bytes()); }});
}

}  // namespace qember::bench
