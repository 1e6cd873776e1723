// SPDX-License-Identifier: LGPL-2.1-or-later
/// Every kernel beside a peer, in the same run: XBZRLE a word at a time, memcpy, memcmp.
///
///   qember_kernels_bench --benchmark_filter='encode/.*/hot' --benchmark_repetitions=9
#include "ram/dispatch.hpp"

#include <qember/ram/xbzrle.hpp>
#include <qember/ram/zero.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <random>
#include <string>

using namespace qember;

namespace {

constexpr std::size_t page_size = 4096;

// The peer, from the published description of the format.

std::uint64_t word(const std::uint8_t* from) {
  std::uint64_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

bool has_zero_byte(std::uint64_t value) {
  return ((value - 0x0101010101010101) & ~value & 0x8080808080808080) != 0;
}

std::size_t put_length(std::uint8_t* to, std::size_t length) {
  to[0] = static_cast<std::uint8_t>(length < 0x80 ? length : length | 0x80);
  if (length < 0x80) return 1;
  to[1] = static_cast<std::uint8_t>(length >> 7);
  return 2;
}

std::size_t peer_encode(const std::uint8_t* one, const std::uint8_t* other, std::size_t size,
                        std::uint8_t* out, std::size_t room) {
  std::size_t used = 0;
  std::size_t at = 0;
  while (at < size) {
    std::size_t begin = at;
    while (begin + 8 <= size && word(one + begin) == word(other + begin)) begin += 8;
    while (begin < size && one[begin] == other[begin]) ++begin;
    if (begin == size) break;
    std::size_t end = begin;
    while (end + 8 <= size && !has_zero_byte(word(one + end) ^ word(other + end))) end += 8;
    while (end < size && one[end] != other[end]) ++end;
    if (used + 4 + (end - begin) > room) return ram::delta_too_large;
    used += put_length(out + used, begin - at);
    used += put_length(out + used, end - begin);
    std::memcpy(out + used, other + begin, end - begin);
    used += end - begin;
    at = end;
  }
  return used;
}

bool get_length(const std::uint8_t*& from, const std::uint8_t* end, std::size_t& length) {
  if (from == end) return false;
  length = *from++;
  if (length < 0x80) return true;
  if (from == end || *from >= 0x80) return false;
  length = (length & 0x7f) | std::size_t{*from++} << 7;
  return true;
}

/// Writes as it goes, as a decoder does that need not refuse a delta whole.
bool peer_apply(ByteView delta, MutableBytes page) {
  const std::uint8_t* from = delta.data();
  const std::uint8_t* const end = from + delta.size();
  std::size_t at = 0;
  while (from != end) {
    std::size_t same = 0;
    std::size_t fresh = 0;
    if (!get_length(from, end, same) || !get_length(from, end, fresh) || fresh == 0) return false;
    if (same + fresh > page.size() - at || fresh > static_cast<std::size_t>(end - from)) return false;
    std::memcpy(page.data() + at + same, from, fresh);
    at += same + fresh;
    from += fresh;
  }
  return true;
}

bool peer_is_zero(const std::uint8_t* page) {
  std::uint64_t any = 0;
  for (std::size_t i = 0; i < page_size && any == 0; i += 64)
    for (std::size_t k = 0; k < 64; k += 8) any |= word(page + i + k);
  return any == 0;
}

// What is measured: runs of changed bytes at random places.

struct Mix {
  const char* name;
  std::size_t runs;
  std::size_t length;
};

constexpr Mix mixes[] = {{"unchanged", 0, 0}, {"1x8", 1, 8},        {"8x8", 8, 8},       {"32x8", 32, 8},
                         {"64x4", 64, 4},     {"200x2", 200, 2},    {"1x1024", 1, 1024}, {"16x64", 16, 64},
                         {"half", 1, 2048},   {"all", 1, page_size}};

/// Pages before and after, their deltas, and an order in which no prefetcher expects them.
struct Pages {
  Bytes before, after;
  std::vector<Bytes> deltas;
  std::vector<std::size_t> order;
  std::size_t next = 0;

  Pages(const Mix& mix, std::size_t count) : before(count * page_size) {
    std::mt19937_64 random(1);
    for (std::uint8_t& byte : before) byte = static_cast<std::uint8_t>(random() >> 56U);
    after = before;
    for (std::size_t page = 0; page < count; ++page) {
      for (std::size_t run = 0; run < mix.runs; ++run) {
        const std::size_t begin = page * page_size + random() % (page_size - mix.length + 1);
        for (std::size_t i = begin; i < begin + mix.length; ++i)
          after[i] = static_cast<std::uint8_t>(before[i] + 1 + random() % 255);
      }
      Bytes delta(page_size);
      const auto size = ram::xbzrle_encode(old_page(page), new_page(page), delta);
      delta.resize(size.value_or(0));
      deltas.push_back(std::move(delta));
      order.push_back(page * page_size);
    }
    std::shuffle(order.begin(), order.end(), random);
  }
  ByteView old_page(std::size_t page) const { return ByteView(before).subspan(page * page_size, page_size); }
  ByteView new_page(std::size_t page) const { return ByteView(after).subspan(page * page_size, page_size); }
  std::size_t turn() {
    next = next + 1 == order.size() ? 0 : next + 1;
    return order[next];
  }
};

/// Hot: four pages that stay in the nearest cache. Cold: 128 MiB that stay in none.
Pages& pages(const Mix& mix, bool hot) {
  static std::map<std::pair<std::string, bool>, Pages> made;
  if (!hot && made.count({mix.name, hot}) == 0)
    std::erase_if(made, [](const auto& entry) { return !entry.first.second; });
  return made.try_emplace({mix.name, hot}, mix, hot ? 4 : 16384).first->second;
}

using Step = std::function<void(Pages&, std::size_t at, Bytes& out)>;

void add(const std::string& what, const Mix& mix, bool hot, const std::string& who, const Step& step) {
  const std::string name = what + "/" + mix.name + (hot ? "/hot/" : "/cold/") + who;
  benchmark::RegisterBenchmark(name.c_str(), [&mix, hot, step](benchmark::State& state) {
    Pages& set = pages(mix, hot);
    Bytes out(page_size);
    for (auto _ : state) {
      step(set, set.turn(), out);
      benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
  })->MinTime(0.05);
}

void add_encode(const Mix& mix, bool hot) {
  const auto with = [](auto encode) {
    return [encode](Pages& set, std::size_t at, Bytes& out) {
      benchmark::DoNotOptimize(encode(&set.before[at], &set.after[at], page_size, out.data(), out.size()));
    };
  };
  for (const ram::Kernel* kernel : ram::supported_kernels())
    add("encode", mix, hot, std::string(kernel->name), with(kernel->encode));
  add("encode", mix, hot, "peer", with(peer_encode));
  add("encode", mix, hot, "memcpy",
      [](Pages& set, std::size_t at, Bytes& out) { std::memcpy(out.data(), &set.after[at], page_size); });
}

void add_apply(const Mix& mix, bool hot) {
  const auto with = [](auto apply) {
    return [apply](Pages& set, std::size_t at, Bytes&) {
      const MutableBytes page = MutableBytes(set.before).subspan(at, page_size);
      benchmark::DoNotOptimize(apply(set.deltas[at / page_size], page));
    };
  };
  const auto active = [](ByteView delta, MutableBytes page) { return ram::xbzrle_apply(delta, page).ok(); };
  add("apply", mix, hot, std::string(ram::kernel().name), with(active));
  add("apply", mix, hot, "peer", with(peer_apply));
}

void add_compare(const Mix& mix, bool hot) {
  for (const ram::Kernel* kernel : ram::supported_kernels())
    add("equal", mix, hot, std::string(kernel->name), [kernel](Pages& set, std::size_t at, Bytes&) {
      benchmark::DoNotOptimize(kernel->equal(&set.before[at], &set.after[at], page_size));
    });
  add("equal", mix, hot, "memcmp", [](Pages& set, std::size_t at, Bytes&) {
    benchmark::DoNotOptimize(std::memcmp(&set.before[at], &set.after[at], page_size));
  });
}

void add_is_zero() {
  const Mix& any = mixes[0];
  for (const ram::Kernel* kernel : ram::supported_kernels())
    add("is_zero", any, true, std::string(kernel->name), [kernel](Pages&, std::size_t, Bytes& zeros) {
      benchmark::DoNotOptimize(kernel->is_zero(zeros.data(), page_size));
    });
  add("is_zero", any, true, "peer",
      [](Pages&, std::size_t, Bytes& zeros) { benchmark::DoNotOptimize(peer_is_zero(zeros.data())); });
  add("is_zero/not", any, true, "active", [](Pages& set, std::size_t at, Bytes&) {
    benchmark::DoNotOptimize(ram::is_zero(ByteView(set.before).subspan(at, page_size)));
  });
}

}  // namespace

int main(int argc, char** argv) {
  for (const bool hot : {true, false})
    for (const Mix& mix : mixes) {
      add_encode(mix, hot);
      if (mix.runs != 0 && mix.length != page_size) add_apply(mix, hot);  // where there is a delta
    }
  add_compare(mixes[0], true);
  add_compare(mixes[0], false);
  add_is_zero();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
