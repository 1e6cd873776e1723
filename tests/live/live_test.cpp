// SPDX-License-Identifier: LGPL-2.1-or-later
/// Two QEMUs, and qember between them: the source's stream is encoded, carried as BER, decoded, and
/// loaded by the destination, all while it flows.
///
///   source -> tee SENT -> qember encode -> FIFO -> qember decode -> tee ARRIVED -> destination
///
/// From the environment:
///   QEMBER             the program under test
///   QEMBER_LIVE_GUEST  dirty.bin, as tests/guest/build.sh makes it
///   QEMBER_LIVE_QEMU   the QEMU on both sides (qemu-system-x86_64)
///   QEMBER_LIVE_RUNS   how often each kind of migration is done (2)
///   QEMBER_LIVE_DIR    where the files of a run go and stay; without it they go to a directory of
///                      their own in TMPDIR and are removed
#include <catch2/catch.hpp>

#include "qemu_process.hpp"
#include "ram_census.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using namespace qember::live;

// Limits of a wait. A run takes a few seconds; whoever gets here is stuck.
constexpr auto migration_time = 60s;
constexpr auto guest_time = 30s;

// A run counts if it was a live migration worth the name.
constexpr std::uint64_t least_rounds = 4;
constexpr std::uint64_t least_sent_again = 100;
constexpr std::uint64_t least_data_to_zero = 1;
constexpr std::uint64_t least_deltas = 100;
constexpr int most_attempts = 5;

// The source may send this much per second until it has gone over its memory often enough: less than
// the guest dirties, also where deltas save most of it. Then the migration is let go.
constexpr std::uint64_t held_bandwidth = 1'000'000;
constexpr std::uint64_t held_bandwidth_with_deltas = 500'000;
constexpr std::uint64_t held_rounds = 6;
constexpr std::uint64_t free_bandwidth = 1'000'000'000;
constexpr std::uint64_t held_downtime = 1;  // ms
constexpr std::uint64_t free_downtime = 2000;

// Not a multiple of 256 KiB: see tests/guest/capture.sh.
constexpr std::uint64_t memory_size = 8200 * 1024;

std::string setting(const char* name, const char* otherwise = nullptr) {
  const char* value = std::getenv(name);
  if (value != nullptr && *value != '\0') return value;
  if (otherwise == nullptr) throw std::runtime_error(std::string(name) + " is not set");
  return otherwise;
}

/// The files of one run.
class Directory {
 public:
  Directory() : kept_(std::getenv("QEMBER_LIVE_DIR") != nullptr) {
    if (kept_) {
      path_ = fs::absolute(setting("QEMBER_LIVE_DIR"));
      fs::create_directories(path_);
      for (const auto& old : fs::directory_iterator(path_)) fs::remove(old.path());
    } else {
      std::string name = (fs::temp_directory_path() / "qember-live-XXXXXX").string();
      if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no directory like " + name);
      path_ = name;
    }
  }
  ~Directory() {
    std::error_code ignored;
    if (!kept_) fs::remove_all(path_, ignored);
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  fs::path operator/(std::string_view name) const { return path_ / name; }
  const fs::path& path() const { return path_; }

 private:
  bool kept_;
  fs::path path_;
};

/// What the guest says of itself (the control page of tests/guest/dirty.S).
struct GuestState {
  bool ready = false;
  std::uint32_t rounds = 0;
  std::uint32_t bad_pages = 0;
};

GuestState guest_state(QemuProcess& qemu) {
  constexpr std::uint64_t control_page = 0x100000;
  const std::string words = qemu.read_memory(control_page, 12);
  const auto word = [&](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(words[at + i]);
    return value;
  };
  return {words.substr(0, 4) == "QDRT", word(4), word(8)};
}

/// Waits until the guest has finished this many rounds and returns what it says then.
GuestState wait_for_rounds(QemuProcess& qemu, std::uint32_t rounds) {
  const Deadline deadline = in(guest_time);
  for (;;) {
    const GuestState guest = guest_state(qemu);
    if (guest.ready && guest.rounds >= rounds) return guest;
    pause_until(deadline, "the guest to count on");
  }
}

std::vector<std::string> machine(const Directory& directory, const std::string& name) {
  // A board with as little on it as can be, and our own firmware. A name of a file goes into an
  // option's list with its commas doubled.
  std::string console = (directory / (name + ".console")).string();
  for (std::size_t at = 0; (at = console.find(',', at)) != std::string::npos; at += 2)
    console.insert(at, ",");
  return {"-M",
          "microvm,acpi=off,pit=on,pic=on,rtc=off,isa-serial=off,x-option-roms=off,auto-kernel-cmdline=off",
          "-accel",
          "tcg",
          "-m",
          std::to_string(memory_size / 1024) + "K",
          "-bios",
          setting("QEMBER_LIVE_GUEST"),
          "-global",
          "apic-common.vapic=off",
          "-nodefaults",
          "-no-user-config",
          "-display",
          "none",
          "-chardev",
          "file,id=console,path=" + console,
          "-device",
          "isa-debugcon,iobase=0xe9,chardev=console"};
}

enum class Kind { stopped, plain, xbzrle };

/// One migration from a source that has run for a while to a destination that has never run.
class Migration {
 public:
  explicit Migration(Kind kind)
      : kind_(kind),
        destination_("destination", setting("QEMBER_LIVE_QEMU", "qemu-system-x86_64"), waiting(),
                     directory_.path()),
        source_("source", setting("QEMBER_LIVE_QEMU", "qemu-system-x86_64"), machine(directory_, "source"),
                directory_.path()) {}

  /// Migrates; returns when both sides say that they are done and all processes between have ended.
  void run() {
    constexpr std::uint32_t settled = 16;  // by then every page has been changed
    wait_for_rounds(source_, settled);
    if (kind_ == Kind::stopped) source_.execute("stop");
    const bool xbzrle = kind_ == Kind::xbzrle;
    for (QemuProcess* side : {&source_, &destination_})
      side->execute("migrate-set-capabilities",
                    {{"capabilities", {{{"capability", "xbzrle"}, {"state", xbzrle}}}}});
    limit(kind_ == Kind::stopped ? free_bandwidth
          : xbzrle               ? held_bandwidth_with_deltas
                                 : held_bandwidth,
          held_downtime);

    const std::string qember = shell_quote(setting("QEMBER"));
    const std::string fifo = file("fifo");
    if (::mkfifo((directory_ / "fifo").c_str(), 0600) != 0) throw std::runtime_error("no FIFO " + fifo);
    // QEMU ends the shell as soon as it has no more use for it, but not the parts of the pipeline. Each
    // part therefore notes how it ended.
    destination_.execute(
        "migrate-incoming",
        {{"uri", "exec:{ " + qember + " decode < " + fifo + "; echo $? > " + file("decode.status") +
                     "; } | { tee " + file("arrived") + "; echo $? > " + file("arrived.status") + "; }"}});
    source_.execute("migrate", {{"uri", "exec:{ tee " + file("sent") + "; echo $? > " + file("sent.status") +
                                            "; } | { " + qember + " encode > " + fifo + "; echo $? > " +
                                            file("encode.status") + "; }"}});
    wait_for_source();
    wait_for_destination();
    for (const char* part : {"sent", "encode", "decode", "arrived"}) wait_for_end_of(part);
  }

  std::string sent() const { return read_file(directory_ / "sent"); }
  std::string arrived() const { return read_file(directory_ / "arrived"); }
  std::string destination_console() const { return read_file(directory_ / "destination.console"); }
  QemuProcess& source() { return source_; }
  QemuProcess& destination() { return destination_; }

 private:
  std::vector<std::string> waiting() const {
    auto arguments = machine(directory_, "destination");
    arguments.insert(arguments.end(), {"-S", "-incoming", "defer"});
    return arguments;
  }

  std::string file(std::string_view name) const { return shell_quote((directory_ / name).string()); }

  void limit(std::uint64_t bandwidth, std::uint64_t downtime) {
    source_.execute("migrate-set-parameters", {{"max-bandwidth", bandwidth}, {"downtime-limit", downtime}});
  }

  void wait_for_source() {
    const Deadline deadline = in(migration_time);
    bool held = kind_ != Kind::stopped;
    for (;;) {
      const auto migration = source_.execute("query-migrate");
      const std::string status = migration.value("status", "none");
      if (status == "completed") return;
      if (status == "failed" || status == "cancelled")
        source_.fail("migration: " + migration.dump() + "\ndestination: " + destination_.log());
      if (held && enough(migration)) {
        limit(free_bandwidth, free_downtime);
        held = false;
      }
      pause_until(deadline, "the source to complete: " + migration.dump());
    }
  }

  /// Whether the source has done what makes the run count, as far as it tells.
  bool enough(const nlohmann::json& migration) const {
    const auto count = [&](const char* object, const char* name) {
      return migration.contains(object) ? migration[object].value(name, std::uint64_t{0}) : 0;
    };
    if (count("ram", "dirty-sync-count") <= held_rounds) return false;
    return kind_ != Kind::xbzrle || count("xbzrle-cache", "pages") >= 2 * least_deltas;
  }

  void wait_for_destination() {
    const Deadline deadline = in(migration_time);
    for (;;) {
      const std::string status = destination_.execute("query-migrate").value("status", "none");
      if (status == "completed") return;
      if (status == "failed") destination_.fail("the incoming migration has failed");
      pause_until(deadline, "the destination to complete, which is in state " + status);
    }
  }

  void wait_for_end_of(const std::string& part) {
    const Deadline deadline = in(migration_time);
    std::string status;
    while ((status = read_file(directory_ / (part + ".status"))).empty())
      pause_until(deadline, part + " to end");
    if (status != "0\n")
      source_.fail(part + " ended with status " + status + "destination: " + destination_.log());
  }

  Kind kind_;
  Directory directory_;
  QemuProcess destination_;
  QemuProcess source_;
};

/// The first byte in which both differ, for people.
std::string difference(std::string_view a, std::string_view b) {
  const auto at = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin();
  return "memory differs from byte " + std::to_string(at) + " on";
}

/// What must hold after each run, whether or not it counts.
void check_arrival(Migration& migration) {
  const std::string sent = migration.sent();
  const bool identical = sent == migration.arrived();  // not inside REQUIRE, which would print both
  REQUIRE_FALSE(sent.empty());
  REQUIRE(identical);

  // Both guests stand still: their memory is the same, byte by byte.
  const GuestState before = guest_state(migration.source());
  const GuestState after = guest_state(migration.destination());
  REQUIRE(before.ready);
  REQUIRE(after.ready);
  REQUIRE(before.bad_pages == 0);
  REQUIRE(after.bad_pages == 0);
  REQUIRE(after.rounds == before.rounds);
  const std::string source = migration.source().read_memory(0, memory_size);
  const std::string destination = migration.destination().read_memory(0, memory_size);
  const bool same_memory = source == destination;
  INFO((same_memory ? std::string() : difference(source, destination)));
  REQUIRE(same_memory);

  // The guest goes on where it was, and finds all its pages as it left them.
  constexpr std::uint32_t more_rounds = 20;
  migration.destination().execute("cont");
  const GuestState later = wait_for_rounds(migration.destination(), after.rounds + more_rounds);
  REQUIRE(later.bad_pages == 0);
  const std::string console = migration.destination_console();
  REQUIRE(console.find(" ok\n") != std::string::npos);
  REQUIRE(console.find("BAD") == std::string::npos);
}

bool counts(const RamCensus& ram, Kind kind) {
  return ram.rounds >= least_rounds && ram.sent_again >= least_sent_again &&
         ram.data_to_zero >= least_data_to_zero && (kind != Kind::xbzrle || ram.deltas >= least_deltas);
}

std::string to_text(const RamCensus& ram) {
  return std::to_string(ram.rounds) + " rounds, " + std::to_string(ram.zero) + " zero, " +
         std::to_string(ram.full) + " full, " + std::to_string(ram.deltas) + " deltas, " +
         std::to_string(ram.sent_again) + " sent again, " + std::to_string(ram.data_to_zero) +
         " from data to zero";
}

/// A live migration; done again, a few times, if the guest dirtied too little for it to count.
void migrate_live(Kind kind) {
  for (int attempt = 1; attempt <= most_attempts; ++attempt) {
    Migration migration(kind);
    migration.run();
    check_arrival(migration);
    const RamCensus ram = count_ram(migration.sent());
    const std::string text = to_text(ram);
    if (counts(ram, kind)) {
      if (kind == Kind::plain) REQUIRE(ram.deltas == 0);
      SUCCEED(text);
      return;
    }
    WARN("attempt " << attempt << " does not count: " << text);
  }
  FAIL("no migration that counts in " << most_attempts << " attempts");
}

int runs() {
  const std::string text = setting("QEMBER_LIVE_RUNS", "2");
  const int number = std::atoi(text.c_str());
  if (number < 1) throw std::runtime_error("QEMBER_LIVE_RUNS=" + text);
  return number;
}

}  // namespace

TEST_CASE("a stopped guest arrives and goes on", "[live]") {
  const int run = GENERATE(range(1, runs() + 1));
  INFO("run " << run);
  Migration migration(Kind::stopped);
  migration.run();
  check_arrival(migration);
}

TEST_CASE("a running guest arrives and goes on", "[live]") {
  const int run = GENERATE(range(1, runs() + 1));
  INFO("run " << run);
  migrate_live(Kind::plain);
}

TEST_CASE("a running guest arrives over XBZRLE deltas and goes on", "[live]") {
  const int run = GENERATE(range(1, runs() + 1));
  INFO("run " << run);
  migrate_live(Kind::xbzrle);
}
