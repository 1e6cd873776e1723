// SPDX-License-Identifier: LGPL-2.1-or-later
// A small VMM: sends a running guest over a socket to another process of it.
//
// usage: vmm receive|send|save SOCKET MIB own|library [lossy] [clock]
//   save: into a file of that name
//   own, library: by machine.schema, with its devices, or by the library's own schema, without
//   lossy, clock: sections of the new version of machine.schema that may be lost, and may not
// Prints the digest of the guest's memory and of its devices.
#include "devices.hpp"

#include <machine/schema.hpp>
#include <qember/advanced/core/digest.hpp>
#include <qember/advanced/live/ram_receiver.hpp>
#include <qember/advanced/qber/wire_format.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <set>
#include <thread>

namespace {

namespace live = qember::live;

constexpr std::size_t page_size = 4096;

struct Arguments {
  bool receives = false;
  bool saves = false;
  std::string socket;
  std::size_t size = 0;
  bool is_own = false;
  std::set<std::string> also;
};

const qember::qber::WireFormat* format_of(const Arguments& with) {
  static const auto format = qember::qber::WireFormat::of(machine::data::schema).or_throw();
  return with.is_own ? &format : nullptr;
}

/// All of it is resident from the start, so that what else is can be told.
qember::MutableBytes memory_of(std::size_t size) {
  void* const memory =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("no memory");
  return {static_cast<std::uint8_t*>(memory), size};
}

int connection(const Arguments& with) {
  if (with.saves) return open(with.socket.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (with.socket.size() >= sizeof address.sun_path) throw std::runtime_error("the name is too long");
  std::memcpy(address.sun_path, with.socket.data(), with.socket.size());
  const int end = socket(AF_UNIX, SOCK_STREAM, 0);
  const auto* const at = reinterpret_cast<const sockaddr*>(&address);
  if (with.receives) {
    if (bind(end, at, sizeof address) != 0 || listen(end, 1) != 0) throw std::runtime_error("no socket");
    return accept(end, nullptr, nullptr);
  }
  for (int tries = 0; tries < 200; ++tries) {
    if (connect(end, at, sizeof address) == 0) return end;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  throw std::runtime_error("nobody receives");
}

void pass_on(int to, qember::io::Output& output) {
  for (iovec piece : output.pieces())
    while (piece.iov_len > 0) {
      const ssize_t sent = write(to, piece.iov_base, piece.iov_len);
      if (sent <= 0) throw std::runtime_error("the receiver has gone away");
      piece.iov_base = static_cast<char*>(piece.iov_base) + sent;
      piece.iov_len -= static_cast<std::size_t>(sent);
    }
  output.clear();
}

/// A guest that writes to its memory, and notes which pages.
class Guest {
 public:
  explicit Guest(qember::MutableBytes memory) : memory_(memory), dirty_(memory.size() / page_size) {
    // Half of it is in use.
    for (std::size_t page = 0; page < dirty_.size(); page += 2) write(page, page * 2654435761U + 1);
    for (auto& each : dirty_) each = true;
    thread_ = std::thread([this] { run(); });
  }
  ~Guest() { stop(); }

  void stop() {
    stopped_ = true;
    if (thread_.joinable()) thread_.join();
  }
  /// Before the page is looked at: what is written to it later makes it dirty again.
  bool take_dirty(std::size_t page) { return dirty_[page].exchange(false); }
  std::size_t pages() const { return dirty_.size(); }

 private:
  void run() {
    std::uint64_t random = 88172645463325252U;
    while (!stopped_) {
      random ^= random << 13U;
      random ^= random >> 7U;
      random ^= random << 17U;
      const std::size_t page = random % dirty_.size();
      write(page, random);
      dirty_[page] = true;
      if (random % 64 == 0) std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
  }
  void write(std::size_t page, std::uint64_t value) {
    auto* const words = reinterpret_cast<std::uint64_t*>(memory_.data() + page * page_size);
    for (std::size_t i = value % 64; i < page_size / sizeof value; i += 64)
      std::atomic_ref(words[i]).store(value + i, std::memory_order_relaxed);
  }

  qember::MutableBytes memory_;
  std::vector<std::atomic<bool>> dirty_;
  std::atomic<bool> stopped_ = false;
  std::thread thread_;
};

#ifdef NEW_MACHINE
/// Sections that the new version has.
void send_sections(live::RamSender& sender, const Arguments& with) {
  auto section = qember::asn1::Value<machine::Sections>::make();
  if (with.also.count("lossy") != 0) {
    auto stats = section->make_stats();
    stats.set_dirty(17);
    stats.set_rate(100);
    sender.section("stats", qember::asn1::encode(*section).or_throw()).or_throw();
  }
  if (with.also.count("clock") != 0) {
    section->make_clock().set_nanoseconds(5);
    sender.section("clock", qember::asn1::encode(*section).or_throw()).or_throw();
  }
}
#else
void send_sections(live::RamSender&, const Arguments&) {}
#endif

void print(qember::ByteView memory, std::size_t devices) {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  std::cout << "memory " << to_string(qember::digest_of(memory)) << " devices " << devices << '\n';
  std::cerr << "beside memory " << used.ru_maxrss - static_cast<long>(memory.size() / 1024) << " KiB\n";
}

void send_guest(const Arguments& with) {
  const qember::MutableBytes memory = memory_of(with.size);
  Guest guest(memory);
  qember::io::Output output;
  live::RamSender sender(output, {{{"ram", with.size}}, page_size, std::size_t{8} << 20U, format_of(with)});
  const int to = connection(with);
  constexpr std::size_t most_pending = std::size_t{1} << 20U;
  for (int round = 0; round < 4; ++round) {
    if (round == 3) guest.stop();
    sender.begin_round().or_throw();
    for (std::size_t page = 0; page < guest.pages(); ++page) {
      if (!guest.take_dirty(page)) continue;
      sender.page(0, page * page_size, memory.subspan(page * page_size, page_size)).or_throw();
      if (output.pending() > most_pending) pass_on(to, output);
    }
    sender.end_round().or_throw();
    send_sections(sender, with);
    pass_on(to, output);
  }
  const auto devices = with.is_own ? all_devices() : std::vector<live::TypedDevice>();
  sender.finish({}, devices).or_throw();
  pass_on(to, output);
  close(to);
  print(memory, devices.size());
}

/// Every device is what it was: the same values, and the same bytes.
std::size_t check_devices(std::span<const live::ReceivedValue> values) {
  const auto sent = all_devices();
  std::size_t same = 0;
  for (const live::ReceivedValue& value : values) {
    if (!value.device) continue;
    const auto state = qember::asn1::decode<Contents>(value.encoded, {}, value.offset, value.path).or_throw();
    if (qember::asn1::encode(*state).or_throw() == value.encoded && value.encoded == sent.at(same).encoded &&
        value.device->name == sent[same].name)
      ++same;
  }
  return same;
}

void receive_guest(const Arguments& with) {
  const qember::MutableBytes memory = memory_of(with.size);
  qember::io::Input input;
  live::RamReceiver receiver(input, {{"ram", memory}}, qember::Limits::untrusted(), format_of(with));
  const int from = connection(with);
  for (;;) {
    const qember::MutableBytes room = input.space();
    const ssize_t size = recv(from, room.data(), room.size(), 0);
    if (size <= 0)
      input.finish();
    else
      input.commit(static_cast<std::size_t>(size));
    if (auto status = receiver.receive(); !status) throw qember::Exception(status.error());
    if (size <= 0) break;
  }
  close(from);
  const std::size_t devices = check_devices(receiver.values());
  for (const live::ReceivedValue& value : receiver.values())
    if (!value.device) std::cout << value.alternative << '\n';
  print(memory, devices);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 5) return 2;
  const std::string what = argv[1];
  const Arguments with{what == "receive",
                       what == "save",
                       argv[2],
                       std::strtoul(argv[3], nullptr, 10) << 20U,
                       argv[4] == std::string("own"),
                       {argv + 5, argv + argc}};
  signal(SIGPIPE, SIG_IGN);
  with.receives ? receive_guest(with) : send_guest(with);
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
