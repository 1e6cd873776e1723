// SPDX-License-Identifier: LGPL-2.1-or-later
/// Pages through BER beside their peers, in the same run: asn1c on the same schema (its debug calls off),
/// memcpy of the same pages, cat of the same file.
///
///   QEMBER_BENCH_STREAM=saved.mig qember_pages_bench --benchmark_repetitions=9
///
/// Without the variable it takes the stream that ships with the tests.
#include "backend.h"

#include <qember/native/arranger.hpp>
#include <qember/native/encoder.hpp>
#include <qember/native/reader.hpp>
#include <qember/stream/reader.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" const qember_asn1c_backend QEMBER_BENCH_BACKEND;

using namespace qember;

namespace {

struct Page {
  ram::PageKind kind;
  std::uint64_t addr;
  ByteView data;
};

/// The stream that all benchmarks work on.
struct Material {
  std::string path;
  Bytes native;
  Bytes ber;
  std::vector<Page> pages;  ///< views of `ber`
  std::uint64_t page_bytes = 0;
  std::uint64_t highest = 0;  ///< end of the page with the highest address
};

Bytes read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void append(stream::Output& output, Bytes& to) {
  for (const iovec& piece : output.pieces()) {
    const auto* begin = static_cast<const std::uint8_t*>(piece.iov_base);
    to.insert(to.end(), begin, begin + piece.iov_len);
  }
  output.clear();
}

Bytes encode(ByteView native) {
  stream::Input input = stream::Input::over(native);
  native::Reader reader(input);
  native::Arranger arranged(reader);
  stream::Output output;
  stream::Writer writer(output);
  native::Encoder encoder(arranged, writer);
  Bytes ber;
  for (bool ends = false; !ends;) {
    const native::Event event = arranged.next().or_throw();
    encoder.write(event).or_throw();
    ends = std::holds_alternative<native::StreamEnd>(event);
    if (output.pending() > (std::size_t{1} << 20U)) append(output, ber);
  }
  append(output, ber);
  return ber;
}

const Material& material() {
  static const Material made = [] {
    Material material;
    const char* const named = std::getenv("QEMBER_BENCH_STREAM");
    material.path = named != nullptr ? named : QEMBER_BENCH_SAMPLE;
    material.native = read_file(material.path);
    material.ber = encode(material.native);
    stream::Input input = stream::Input::over(material.ber);
    stream::Reader reader(input, Limits::trusted());
    for (bool ends = false; !ends;) {
      const stream::Event event = reader.next().or_throw();
      ends = std::holds_alternative<stream::InputEnd>(event);
      const auto* page = std::get_if<ram::PageView>(&event);
      if (page == nullptr) continue;
      material.pages.push_back({page->kind, page->addr, page->data});
      material.page_bytes += page->data.size();
      if (page->kind == ram::PageKind::full)
        material.highest = std::max(material.highest, page->addr + page->data.size());
    }
    return material;
  }();
  return made;
}

void report(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * material().page_bytes));
  state.counters["pages"] = static_cast<double>(material().pages.size());
}

void walk_qember(benchmark::State& state) {
  for (auto _ : state) {
    stream::Input input = stream::Input::over(material().ber);
    stream::Reader reader(input, Limits::trusted());
    std::uint64_t sum = 0;
    for (bool ends = false; !ends;) {
      const auto event = reader.next();
      ends = std::holds_alternative<stream::InputEnd>(*event);
      if (const auto* page = std::get_if<ram::PageView>(&*event)) sum += page->addr;
    }
    benchmark::DoNotOptimize(sum);
  }
  report(state);
}

asn_TYPE_descriptor_t* file_type() {
  static asn_TYPE_descriptor_t* const type = [] {
    std::array<asn_TYPE_descriptor_t*, 128> room{};
    QEMBER_BENCH_BACKEND.warm_up(room.data(), room.size());
    asn_TYPE_descriptor_t** named = QEMBER_BENCH_BACKEND.named;
    while (*named != nullptr && std::string_view((*named)->name) != "QemuFile") ++named;
    return *named;
  }();
  return type;
}

void* asn1c_decode(ByteView ber) {
  void* value = nullptr;
  asn_codec_ctx_t context{};
  QEMBER_BENCH_BACKEND.ber_decode(&context, file_type(), &value, ber.data(), ber.size());
  return value;
}

void walk_asn1c(benchmark::State& state) {
  for (auto _ : state) {
    void* const value = asn1c_decode(material().ber);
    benchmark::DoNotOptimize(value);
    state.PauseTiming();
    file_type()->free_struct(file_type(), value, 0);
    state.ResumeTiming();
  }
  report(state);
}

void decode_qember(benchmark::State& state) {
  Bytes guest(material().highest);
  for (auto _ : state) {
    stream::Input input = stream::Input::over(material().ber);
    stream::Reader reader(input, Limits::trusted());
    for (bool ends = false; !ends;) {
      const auto event = reader.next();
      ends = std::holds_alternative<stream::InputEnd>(*event);
      const auto* page = std::get_if<ram::PageView>(&*event);
      if (page != nullptr && page->kind == ram::PageKind::full)
        std::memcpy(guest.data() + page->addr, page->data.data(), page->data.size());
    }
    benchmark::ClobberMemory();
  }
  report(state);
}

void decode_memcpy(benchmark::State& state) {
  Bytes guest(material().highest);
  for (auto _ : state) {
    for (const Page& page : material().pages)
      if (page.kind == ram::PageKind::full)
        std::memcpy(guest.data() + page.addr, page.data.data(), page.data.size());
    benchmark::ClobberMemory();
  }
  report(state);
}

void encode_buffer_qember(benchmark::State& state) {
  Bytes buffer(material().ber.size() + ram::max_page_header);
  for (auto _ : state) {
    std::uint8_t* to = buffer.data();
    for (const Page& page : material().pages) {
      to = ram::put_page(to, {page.kind, page.addr, page.data});
      if (!page.data.empty()) std::memcpy(to, page.data.data(), page.data.size());
      to += page.data.size();
    }
    benchmark::DoNotOptimize(to);
    benchmark::ClobberMemory();
  }
  report(state);
}

void encode_buffer_memcpy(benchmark::State& state) {
  Bytes buffer(material().page_bytes + ram::max_page_header);
  for (auto _ : state) {
    std::uint8_t* to = buffer.data();
    for (const Page& page : material().pages) {
      if (!page.data.empty()) std::memcpy(to, page.data.data(), page.data.size());
      to += page.data.size();
    }
    benchmark::DoNotOptimize(to);
    benchmark::ClobberMemory();
  }
  report(state);
}

void encode_gather_qember(benchmark::State& state) {
  stream::Output output;
  for (auto _ : state) {
    stream::Writer writer(output);
    writer.begin_file();
    writer.begin_ram(2);
    writer.begin_block("ram");
    for (const Page& page : material().pages) {
      writer.page({page.kind, page.addr, page.data});
      if (output.pieces().size() >= 1024) output.clear();
    }
    writer.end_ram();
    writer.end_file();
    output.clear();
  }
  report(state);
}

int take(const void*, std::size_t, void*) { return 0; }

void encode_gather_asn1c(benchmark::State& state) {
  void* const value = asn1c_decode(material().ber);
  for (auto _ : state)
    benchmark::DoNotOptimize(QEMBER_BENCH_BACKEND.der_encode(file_type(), value, take, nullptr).encoded);
  file_type()->free_struct(file_type(), value, 0);
  report(state);
}

/// Runs a command from file to file on tmpfs.
void run(benchmark::State& state, std::vector<std::string> command, bool output_on_stdout) {
  const std::filesystem::path directory = "/dev/shm/qember-bench-" + std::to_string(::getpid());
  std::filesystem::create_directories(directory);
  const bool decodes = command.size() > 1 && command[1] == "decode";
  const std::filesystem::path in = directory / "in";
  const std::filesystem::path out = directory / "out";
  const Bytes& bytes = decodes ? material().ber : material().native;
  std::ofstream(in, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  for (std::string& word : command) {
    if (word == "IN") word = in;
    if (word == "OUT") word = out;
  }
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  for (auto _ : state) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (output_on_stdout)
      posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    pid_t child = 0;
    int status = posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (status != 0 || ::waitpid(child, &status, 0) < 0 || status != 0) {
      state.SkipWithError("the command failed");
      break;
    }
    state.PauseTiming();
    std::filesystem::remove(out);
    state.ResumeTiming();
  }
  std::filesystem::remove_all(directory);
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes.size()));
}

}  // namespace

BENCHMARK(walk_qember)->UseRealTime();
BENCHMARK(walk_asn1c)->UseRealTime();
BENCHMARK(decode_qember)->UseRealTime();
BENCHMARK(decode_memcpy)->UseRealTime();
BENCHMARK(encode_buffer_qember)->UseRealTime();
BENCHMARK(encode_buffer_memcpy)->UseRealTime();
BENCHMARK(encode_gather_qember)->UseRealTime();
BENCHMARK(encode_gather_asn1c)->UseRealTime();
BENCHMARK_CAPTURE(run, file_cat, std::vector<std::string>{"cat", "IN"}, true)->UseRealTime();
BENCHMARK_CAPTURE(run, file_encode,
                  std::vector<std::string>{QEMBER_BENCH_COMMAND, "encode", "IN", "-o", "OUT"}, false)
    ->UseRealTime();
BENCHMARK_CAPTURE(run, file_decode,
                  std::vector<std::string>{QEMBER_BENCH_COMMAND, "decode", "IN", "-o", "OUT"}, false)
    ->UseRealTime();
BENCHMARK_CAPTURE(run, file_check, std::vector<std::string>{QEMBER_BENCH_COMMAND, "check", "IN"}, false)
    ->UseRealTime();

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  (void)material();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
