// SPDX-License-Identifier: LGPL-2.1-or-later
/// A VMM that migrates its guest into another process, over a socket, in rounds.
///
/// The guest has two blocks of memory, which it writes to while they are sent, and two devices. The other
/// process puts the memory where this one can see it, too, and compare.
///
/// usage: migrate COPY, a file that gets what went over the socket
#include <qember/ram_receiver.hpp>
#include <qember/ram_sender.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <iostream>
#include <random>
#include <stdexcept>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace qember;

namespace {

constexpr std::size_t page_size = 4096;
/// What is passed on at once, about.
constexpr std::size_t batch = std::size_t{1} << 20U;

void require(bool held, const char* what) {
  if (!held) throw std::runtime_error(what);
}

/// Zeros, which both processes see.
MutableBytes shared_memory(std::size_t size) {
  void* const begin = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  require(begin != MAP_FAILED, "no memory");
  return {static_cast<std::uint8_t*>(begin), size};
}

/// A block of memory with a note of each page that was written to.
struct Block {
  std::string name;
  MutableBytes memory;
  std::vector<bool> dirty;
};

class Guest {
 public:
  Guest() {
    add("pc.ram", std::size_t{24} << 20U);
    add("vga.vram", std::size_t{2} << 20U);
  }

  std::vector<Block>& blocks() { return blocks_; }

  /// The guest runs for a while: it writes to pages here and there, fills one, clears one, or writes what was
  /// there already.
  void run() {
    for (int i = 0; i < 8; ++i) write(below(page_size), 1 + below(16));
    if (below(4) == 0) write(0, page_size);
    if (below(16) == 0) {
      Block& block = blocks_[below(blocks_.size())];
      const std::size_t page = below(block.dirty.size());
      std::ranges::fill(block.memory.subspan(page * page_size, page_size), 0);
      block.dirty[page] = true;
    }
    blocks_[0].dirty[below(64)] = true;
    ++ticks_;
  }

  std::uint64_t ticks() const { return ticks_; }

 private:
  void add(std::string name, std::size_t size) {
    blocks_.push_back({std::move(name), shared_memory(size), std::vector<bool>(size / page_size, true)});
    for (std::size_t page = 0; page < size / page_size; page += 3)
      for (std::uint8_t& byte : blocks_.back().memory.subspan(page * page_size, page_size))
        byte = static_cast<std::uint8_t>(random_());
  }
  void write(std::size_t at, std::size_t size) {
    Block& block = blocks_[below(8) == 0 ? 1 : 0];
    const std::size_t page = below(block.dirty.size() / 8);
    for (std::size_t i = at; i < std::min(at + size, page_size); ++i)
      block.memory[page * page_size + i] = static_cast<std::uint8_t>(random_());
    block.dirty[page] = true;
  }
  std::size_t below(std::size_t end) { return random_() % end; }

  std::vector<Block> blocks_;
  std::mt19937 random_{1};
  std::uint64_t ticks_ = 0;
};

constexpr std::array<std::uint16_t, 3> levels{1, 515, 65535};
constexpr std::string_view fifo = "in the fifo";

std::vector<DeviceState> devices_of(const Guest& guest) {
  DeviceState serial("serial", 0, 3);
  serial.set("divider", std::uint16_t{12});
  serial.set("loopback", true);
  serial.set("levels", levels);
  serial.set("fifo", as_bytes(fifo));
  DeviceState timer("timer", 1, 1);
  timer.set("ticks", guest.ticks());
  timer.set("adjust", std::int32_t{-5});
  return {serial, timer};
}

/// What was written so far goes to the socket and to the copy.
void pass_on(Output& output, int socket, int copy) {
  for (const iovec& piece : output.pieces())
    require(::write(copy, piece.iov_base, piece.iov_len) == static_cast<ssize_t>(piece.iov_len), "no copy");
  drain(output, socket).or_throw();
}

void send(Guest& guest, int socket, int copy) {
  SenderOptions options;
  for (const Block& block : guest.blocks()) options.blocks.push_back({block.name, block.memory.size()});
  options.page_size = page_size;
  options.cache_size = std::size_t{4} << 20U;

  Output output;
  RamSender sender(output, std::move(options));
  const auto round = [&](bool guest_runs) {
    sender.begin_round().or_throw();
    for (std::uint32_t index = 0; index < guest.blocks().size(); ++index) {
      Block& block = guest.blocks()[index];
      for (std::size_t page = 0; page < block.dirty.size(); ++page) {
        if (!block.dirty[page]) continue;
        // First the note, then the page: what the guest writes from here on is of the next round.
        block.dirty[page] = false;
        const std::size_t addr = page * page_size;
        sender.page(index, addr, block.memory.subspan(addr, page_size)).or_throw();
        if (guest_runs && page % 4 == 0) guest.run();
        if (output.pending() >= batch) pass_on(output, socket, copy);
      }
    }
    sender.end_round().or_throw();
    pass_on(output, socket, copy);
  };
  for (int i = 0; i < 5; ++i) round(true);
  round(false);
  sender.finish(devices_of(guest)).or_throw();
  pass_on(output, socket, copy);

  const SenderTally& sent = sender.tally();
  std::cout << "sent in " << sender.rounds() << " rounds: " << sent.zero << " pages of zeros, " << sent.full
            << " full, " << sent.delta << " deltas, " << sent.unchanged << " unchanged\n";
  require(sent.zero != 0 && sent.full != 0 && sent.delta != 0 && sent.unchanged != 0,
          "not all kinds of pages");
}

void check(const RamReceiver& receiver) {
  require(receiver.devices().size() == 2, "not two devices");
  const Device& serial = *receiver.device("serial").or_throw();
  require(serial.version() == 3, "another version");
  require(serial.get<std::uint16_t>("divider").or_throw() == 12, "another divider");
  require(serial.get<bool>("loopback").or_throw(), "no loopback");
  require(std::ranges::equal(serial.get_array<std::uint16_t>("levels").or_throw(), levels), "other levels");
  require(as_text(serial.get_bytes("fifo").or_throw()) == fifo, "another fifo");
  const Device& timer = *receiver.device("timer", 1).or_throw();
  require(timer.get<std::uint64_t>("ticks").or_throw() != 0, "no ticks");
  require(timer.get<int>("adjust").or_throw() == -5, "another adjustment");
}

/// The other process. Returns when all has come.
void receive(const Regions& regions, int socket) {
  Input input;
  RamReceiver receiver(input, regions);
  while (!receiver.done()) {
    fill(input, socket).or_throw();
    receiver.receive().or_throw();
  }
  check(receiver);
}

/// The regions of the other process, for blocks as large as these.
Regions regions_for(const std::vector<Block>& blocks) {
  Regions regions;
  for (const Block& block : blocks) regions.emplace(block.name, shared_memory(block.memory.size()));
  return regions;
}

/// Runs `receive` in a process of its own.
pid_t begin_receiver(const Regions& regions, const std::array<int, 2>& sockets) {
  const pid_t process = ::fork();
  require(process >= 0, "no process");
  if (process > 0) return process;
  int code = 0;
  try {
    ::close(sockets[0]);
    receive(regions, sockets[1]);
  } catch (const std::exception& error) {
    std::cerr << "receiver: " << error.what() << '\n';
    code = 1;
  }
  ::_exit(code);
}

void migrate(const char* copy_path) {
  Guest guest;
  const Regions regions = regions_for(guest.blocks());
  std::array<int, 2> sockets{};
  require(::socketpair(AF_UNIX, SOCK_STREAM, 0, sockets.data()) == 0, "no sockets");
  const pid_t receiver = begin_receiver(regions, sockets);
  ::close(sockets[1]);

  const int copy = ::open(copy_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  require(copy >= 0, "no copy");
  send(guest, sockets[0], copy);
  ::close(copy);
  ::close(sockets[0]);

  int status = 0;
  require(::waitpid(receiver, &status, 0) == receiver && status == 0, "the receiver failed");
  for (const Block& block : guest.blocks())
    require(std::ranges::equal(block.memory, regions.at(block.name)), "memory differs");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: migrate COPY\n";
    return 2;
  }
  ::signal(SIGPIPE, SIG_IGN);
  try {
    migrate(argv[1]);
  } catch (const std::exception& error) {
    std::cerr << "sender: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
