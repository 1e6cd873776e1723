// SPDX-License-Identifier: LGPL-2.1-or-later
// Whatever an input claims, each verb stays below 64 MiB, in either form, and takes time for what came: it
// answers, or names the limit.
#include "guarded.hpp"

#include "support/command.hpp"
#include "support/native_builder.hpp"
#include "support/sanitized.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <cstdio>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace qember;
using namespace qember::test;

namespace {

constexpr bool measures = !is_sanitized;

using Block = NativeBuilder::Block;
constexpr std::uint64_t page = 4096;

std::string fields(const std::string& in, std::size_t instance = 0) {
  return fmt::format(R"({{"name":"d","instance_id":{},"vmsd_name":"d","version":1,"fields":[{}]}})", instance,
                     in);
}
std::string devices(const std::string& in) { return R"({"page_size":4096,"devices":[)" + in + "]}"; }

NativeBuilder small() {
  NativeBuilder to;
  to.ram(1, {"r"}, 2 * page).part(1).zero("r", 0).page({}, page, 'a').eos().footer(1).ended(1);
  return to;
}

NativeBuilder scattered(std::size_t count, std::uint64_t step,
                        std::uint64_t length = std::uint64_t{1} << 52U) {
  NativeBuilder to;
  to.ram(1, {"r"}, length).part(1);
  for (std::size_t i = 0; i < count; ++i) to.zero(i == 0 ? Block("r") : Block(), i * step);
  return to;
}

Bytes with_end(NativeBuilder to) { return to.eos().footer(1).ended(1).eof().bytes(); }

Bytes pages(std::size_t count) { return with_end(scattered(count, 4U << 20U)); }
Bytes pages_of_64(std::size_t count) { return with_end(scattered(count, 64 * page)); }
Bytes pages_in_order(std::size_t count) { return with_end(scattered(count, page)); }

Bytes discards(std::size_t count) {
  constexpr std::uint64_t length = std::uint64_t{1} << 62U;
  NativeBuilder to = scattered(count, 4U << 20U, length);
  to.page({}, page, 'a').eos().footer(1);
  for (std::size_t left = count; left > 0;) {
    const std::size_t some = std::min<std::size_t>(left, 4000);
    Bytes payload{0, 1, 'r', 0};
    for (std::size_t i = 0; i < some; ++i) {
      payload.resize(payload.size() + 16);
      store_be(payload.data() + payload.size() - 8, length);
    }
    to.command(6, payload);
    left -= some;
  }
  return to.ended(1).eof().bytes();
}

Bytes sections(std::size_t count) {
  NativeBuilder to = small();
  for (std::size_t i = 0; i < count; ++i) to.device(2, "d", {}, static_cast<std::uint32_t>(i));
  return to.eof().bytes();
}

Bytes long_names(std::size_t count) {
  NativeBuilder to = small();
  for (std::size_t i = 0; i < count; ++i) to.device(2, fmt::format("{:0>255}", i), {});
  return to.eof().bytes();
}

/// Nothing is sure of where one of them ends before the end of the stream.
Bytes nameless(std::size_t count) {
  NativeBuilder to = small();
  for (std::size_t i = 0; i < count; ++i) to.device(static_cast<std::uint32_t>(10 + i), "", {});
  return to.fill(100 * count, 0x7e).bytes();
}

Bytes commands(std::size_t count) {
  NativeBuilder to = small();
  to.device(2, "d", {});
  for (std::size_t i = 0; i < count; ++i) to.command(1);
  return to.eof().bytes();
}

Bytes controls(std::size_t count) {
  NativeBuilder to;
  to.ram(1, {"r"}, 2 * page).part(1);
  for (std::size_t i = 0; i < count; ++i) to.u64(0x200);
  return to.eos().footer(1).ended(1).eof().bytes();
}

/// With names as long as they may be, which the index of `extract` has twice.
Bytes blocks(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(fmt::format("{:0>255}", i));
  NativeBuilder to;
  to.ram(1, names, page).part(1);
  for (const std::string& name : names) to.zero(name, 0);
  return with_end(to);
}

/// All of one length, of which one could be another's under another name.
Bytes blocks_named(char first, std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(fmt::format("{}{:05}", first, i));
  NativeBuilder to;
  to.configuration("m", page).ram(1, names, page).part(1).zero(names[0], 0);
  return with_end(to);
}
Bytes blocks_here(std::size_t count) { return blocks_named('a', count); }
Bytes blocks_there(std::size_t count) { return blocks_named('b', count); }

Bytes parts(std::size_t count) {
  NativeBuilder to;
  to.ram(1, {"r"}, 2 * page);
  for (std::size_t i = 0; i < count; ++i) to.part(1).eos().footer(1);
  return to.ended(1).eof().bytes();
}

Bytes values_without_bytes(std::size_t count) {
  NativeBuilder to = small();
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    to.device(2, "d", {}, static_cast<std::uint32_t>(i));
    text += (i == 0 ? "" : ",") + fields(R"({"name":"","array_len":65535,"type":"","size":0})", i);
  }
  return to.eof().description(devices(text)).bytes();
}

Bytes array(std::size_t count, std::uint8_t value) {
  return small()
      .device(2, "d", Bytes(count, value))
      .eof()
      .description(
          devices(fields(fmt::format(R"({{"name":"f","array_len":{},"type":"uint8","size":1}})", count))))
      .bytes();
}
Bytes array_of_0(std::size_t count) { return array(count, 0); }
Bytes array_of_1(std::size_t count) { return array(count, 1); }

/// A description whose field repeats something.
Bytes repeated(std::string_view unit, std::size_t count) {
  std::string text = R"({"name":"x","type":"qlist",)";
  for (std::size_t i = 0; i < count; ++i) text += fmt::format(fmt::runtime(unit), i);
  return small()
      .device(2, "d", Bytes(10, 'x'))
      .eof()
      .description(devices(fields(text + R"("size":0})")))
      .bytes();
}
Bytes vmsd_names(std::size_t count) { return repeated(R"("vmsd_name":"",)", count); }
Bytes names(std::size_t count) { return repeated(R"("name":"{:x}",)", count); }
Bytes structures(std::size_t count) { return repeated(R"("struct":{{}},)", count); }

Bytes state_without_footers(std::size_t size) {
  NativeBuilder to;
  to.footers = false;
  to.ram(1, {"r"}, 2 * page).part(1).zero("r", 0).page({}, page, 'a').eos().ended(1);
  return to.device(2, "d", Bytes(size, 'y')).eof().bytes();
}

struct Growing {
  std::string name;
  Bytes (*make)(std::size_t count);
  std::size_t count;
  Bytes (*other)(std::size_t count) = nullptr;  ///< what `diff` compares it with; null for itself
};

const std::vector<Growing>& growing() {
  static const std::vector<Growing> inputs{
      {"pages 4 MiB apart", pages, 100000},
      {"pages 64 apart", pages_of_64, 100000},
      {"pages in order", pages_in_order, 100000},
      {"discards of a whole block", discards, 1000},
      {"sections", sections, 20000},
      {"sections with long names", long_names, 16000},
      {"sections without a name", nameless, 20000},
      {"commands", commands, 100000},
      {"records without a page", controls, 250000},
      {"parts", parts, 200000},
      {"blocks with long names", blocks, 4096},
      {"blocks with other names", blocks_here, 4000, blocks_there},
      {"values without bytes", values_without_bytes, 20},
      {"elements that differ", array_of_0, 50000, array_of_1},
      {"vmsd_names in a field", vmsd_names, 65000},
      {"names of a field", names, 65000},
      {"structures of a field", structures, 75000},
      {"state without footers", state_without_footers, 4U << 20U},
  };
  return inputs;
}

struct Cost {
  int code = -1;
  long resident_kib = 0;
  double seconds = 0;  ///< of the processor
};

Cost cost_of(const Arguments& arguments, const std::string& errors) {
  const pid_t child = ::fork();
  if (child == 0) {
    constexpr unsigned watchdog_seconds = 60;
    ::alarm(watchdog_seconds);
    ::dup2(::open("/dev/null", O_WRONLY), STDOUT_FILENO);
    ::dup2(::open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
    std::vector<char*> argv{const_cast<char*>(QEMBER_TEST_COMMAND)};
    for (const std::string& each : arguments) argv.push_back(const_cast<char*>(each.c_str()));
    argv.push_back(nullptr);
    ::execv(QEMBER_TEST_COMMAND, argv.data());
    ::_exit(127);
  }
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return {WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status), usage.ru_maxrss,
          seconds(usage.ru_utime) + seconds(usage.ru_stime)};
}

std::vector<Arguments> verbs_of(const Scratch& scratch, const std::string& a, const std::string& b,
                                bool is_ber) {
  std::vector<Arguments> verbs{{"check", a},
                               {"info", a},
                               {"info", "--json", a, "--against", b},
                               {"ls", a},
                               {"ls", "--count", a},
                               {"ls", "--json", a},
                               {"regs", a},
                               {"read", a, "r+0", "65536"},
                               {"preflight", a, "--against", b},
                               {"preflight", "--json", a, "--against", b},
                               {"show", a},
                               {"show", "--json", a},
                               {"diff", a, b},
                               {"diff", "--json", a, b},
                               {"edit", a, "-o", scratch.path("edited"), "--set", "none=1"},
                               {"edit", a, "-o", scratch.path("edited"), "--drop-section", "d*"},
                               {"map", a},
                               {"map", "--svg", scratch.path("map.svg"), a},
                               {"extract", "--ram", scratch.path("ram"), "--force", a},
                               {"extract", "--elf", scratch.path("core"), "--block", "r", a},
                               {"extract", "--raw", scratch.path("image"), "--place", "r=0", a}};
  verbs.push_back(is_ber ? Arguments{"decode", a, "-o", scratch.path("back")}
                         : Arguments{"encode", "--der", a, "-o", scratch.path("der")});
  return verbs;
}

/// In a process of its own, whose memory is none of the command's.
void write_input(const std::string& path, Bytes (*make)(std::size_t), std::size_t count) {
  const Guarded written = run_guarded([&] {
    const Bytes bytes = make(count);
    std::FILE* const file = std::fopen(path.c_str(), "wb");
    const bool whole = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
    return std::string(std::fclose(file) == 0 && whole ? "" : "failed");
  });
  REQUIRE(written.said + written.ended == "");
}

class Measured {
 public:
  /// The costs of all verbs, for the two forms of an input of `count`.
  Measured(const Growing& input, std::size_t count) {
    const Scratch scratch;
    const std::string a = scratch.path("a.mig");
    const std::string b = input.other == nullptr ? a : std::string(scratch.path("b.mig"));
    write_input(a, input.make, count);
    if (input.other != nullptr) write_input(b, input.other, count);
    const std::string a_ber = scratch.path("a.ber");
    const std::string b_ber = input.other == nullptr ? a_ber : std::string(scratch.path("b.ber"));
    take(scratch, {"encode", a, "-o", a_ber});
    if (input.other != nullptr) take(scratch, {"encode", b, "-o", b_ber});
    for (const Arguments& verb : verbs_of(scratch, a, b, false)) take(scratch, verb);
    if (!std::filesystem::exists(a_ber) || !std::filesystem::exists(b_ber)) return;
    for (const Arguments& verb : verbs_of(scratch, a_ber, b_ber, true)) take(scratch, verb);
  }

  std::vector<Cost> costs;

 private:
  void take(const Scratch& scratch, const Arguments& arguments) {
    constexpr long most_resident_kib = 64 << 10;
    const std::string errors = scratch.path("errors");
    const Cost cost = cost_of(arguments, errors);
    const Bytes said = read_file(errors);
    INFO(fmt::format("{}: exit {}, {} KiB, {:.2f} s\n{}", fmt::join(arguments, " "), cost.code,
                     cost.resident_kib, cost.seconds, as_text(said)));
    CHECK(cost.code >= 0);
    CHECK(cost.code != 70);
    if (measures) CHECK(cost.resident_kib < most_resident_kib);
    costs.push_back(cost);
  }
};

}  // namespace

TEST_CASE("every verb stays below 64 MiB, and its time grows with the input", "[growth]") {
  for (const Growing& input : growing()) {
    INFO(input.name);
    const Measured once(input, input.count);
    const Measured fourfold(input, 4 * input.count);
    long most = 0;
    double slowest = 0;
    for (std::size_t i = 0; i < fourfold.costs.size(); ++i) {
      most = std::max(most, fourfold.costs[i].resident_kib);
      slowest = std::max(slowest, fourfold.costs[i].seconds);
      // Four times as much, and some for the machine; a quadratic one takes sixteen times as much.
      if (i < once.costs.size()) CHECK(fourfold.costs[i].seconds < 0.5 + 8 * once.costs[i].seconds);
    }
    std::printf("%-28s %9zu %6ld KiB %6.2f s\n", input.name.c_str(), 4 * input.count, most, slowest);
  }
}
