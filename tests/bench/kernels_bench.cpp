// SPDX-License-Identifier: LGPL-2.1-or-later
/// XBZRLE and zero pages: the kernel that runs (QEMBER_KERNELS names another) beside a plain peer.
#include "benchmarks.hpp"
#include "duel.hpp"
#include "ram/xbzrle.hpp"
#include "ram/zero.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <memory>
#include <random>

namespace qember::bench {
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

/// No delta.
constexpr std::size_t delta_too_large = page_size + 1;

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
    if (used + 4 + (end - begin) > room) return delta_too_large;
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

/// Calls `change(position in the page, bytes, how many)` for each run, as far as the delta is sound.
template <class Change>
[[gnu::always_inline]] inline bool peer_runs(ByteView delta, std::size_t page, Change change) {
  const std::uint8_t* from = delta.data();
  const std::uint8_t* const end = from + delta.size();
  std::size_t at = 0;
  while (from != end) {
    std::size_t same = 0;
    std::size_t fresh = 0;
    if (!get_length(from, end, same) || !get_length(from, end, fresh) || fresh == 0) return false;
    if (same + fresh > page - at || fresh > static_cast<std::size_t>(end - from)) return false;
    change(at + same, from, fresh);
    at += same + fresh;
    from += fresh;
  }
  return true;
}

/// Writes as it goes, as a decoder does that need not refuse a delta whole.
bool peer_apply(ByteView delta, MutableBytes page) {
  return peer_runs(delta, page.size(), [page](std::size_t at, const std::uint8_t* from, std::size_t count) {
    std::memcpy(page.data() + at, from, count);
  });
}

/// Changes nothing where the delta is not sound, as the kernel does.
bool peer_apply_whole(ByteView delta, MutableBytes page) {
  return peer_runs(delta, page.size(), [](std::size_t, const std::uint8_t*, std::size_t) {}) &&
         peer_apply(delta, page);
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

  bool has_delta() const { return runs != 0 && length != page_size; }
};

constexpr std::array<Mix, 10> mixes = {{{"unchanged", 0, 0},
                                        {"1x8", 1, 8},
                                        {"8x8", 8, 8},
                                        {"32x8", 32, 8},
                                        {"64x4", 64, 4},
                                        {"200x2", 200, 2},
                                        {"1x1024", 1, 1024},
                                        {"16x64", 16, 64},
                                        {"half", 1, 2048},
                                        {"all", 1, page_size}}};

/// Pages before and after, their deltas, and an order in which no prefetcher expects them.
struct Pages {
  Bytes before, after, target;
  std::vector<Bytes> deltas;
  std::vector<std::size_t> order;

  Pages(const Mix& mix, std::size_t count) : before(count * page_size) {
    std::mt19937_64 random(1);
    for (std::size_t i = 0; i < before.size(); i += 8) {
      const std::uint64_t value = random();
      std::memcpy(&before[i], &value, sizeof value);
    }
    after = before;
    target = before;
    for (std::size_t page = 0; page < count; ++page) {
      for (std::size_t run = 0; run < mix.runs; ++run) {
        const std::size_t begin = page * page_size + random() % (page_size - mix.length + 1);
        for (std::size_t i = begin; i < begin + mix.length; ++i)
          after[i] = static_cast<std::uint8_t>(before[i] + 1 + random() % 255);
      }
      Bytes delta(page_size);
      const auto size = ram::xbzrle_encode(ByteView(before).subspan(page * page_size, page_size),
                                           ByteView(after).subspan(page * page_size, page_size), delta);
      delta.resize(size.value_or(0));
      deltas.push_back(std::move(delta));
      order.push_back(page * page_size);
    }
    std::ranges::shuffle(order, random);
  }
};

enum class Cache : bool { cold, hot };

/// Hot: four pages that stay in the nearest cache. Cold: 128 MiB that stay in none; the last ones asked for
/// alone are kept.
const std::shared_ptr<Pages>& pages(const Mix& mix, Cache cache) {
  static std::map<std::string, std::shared_ptr<Pages>> hot;
  static std::pair<std::string, std::shared_ptr<Pages>> cold;
  auto& made = cache == Cache::hot ? hot[mix.name] : cold.second;
  if (cache == Cache::cold && cold.first != mix.name) {
    made = nullptr;
    cold.first = mix.name;
  }
  if (!made) made = std::make_shared<Pages>(mix, cache == Cache::hot ? 4 : 16384);
  return made;
}

/// `step(pages, offset of one, room for a page)` for each page; hot ones again and again.
template <class Step>
Work all_pages(const Mix& mix, Cache cache, Step step) {
  return [&mix, cache, step, out = Bytes(page_size)]() mutable {
    Pages& set = *pages(mix, cache);
    const int times = cache == Cache::hot ? 256 : 1;
    return timed([&] {
      for (int i = 0; i < times; ++i)
        for (const std::size_t at : set.order) {
          step(set, at, out);
          benchmark::ClobberMemory();
        }
    })();
  };
}

template <class Ours, class Theirs>
void add_pair(const std::string& group, const Mix& mix, Cache cache, const std::string& against, double goal,
              Ours ours, Theirs theirs) {
  const std::string where = cache == Cache::hot ? "hot" : "cold";
  add({.name = group + "/" + where + "/" + mix.name,
       .work = group + ", " + where + ", " + mix.name,
       .against = against,
       .goal = goal,
       .pages = cache == Cache::hot ? 1024.0 : 16384.0,
       .ours = all_pages(mix, cache, ours),
       .theirs = all_pages(mix, cache, theirs)});
}

void add_encode(const Mix& mix, Cache cache) {
  add_pair(
      "xbzrle encode", mix, cache, "words", 0.97,
      [](Pages& set, std::size_t at, Bytes& out) {
        benchmark::DoNotOptimize(ram::xbzrle_encode(ByteView(set.before).subspan(at, page_size),
                                                    ByteView(set.after).subspan(at, page_size), out));
      },
      [](Pages& set, std::size_t at, Bytes& out) {
        benchmark::DoNotOptimize(
            peer_encode(&set.before[at], &set.after[at], page_size, out.data(), out.size()));
      });
}

void add_apply(const Mix& mix, Cache cache) {
  const auto ours = [](Pages& set, std::size_t at, Bytes&) {
    benchmark::DoNotOptimize(
        ram::xbzrle_apply(set.deltas[at / page_size], MutableBytes(set.target).subspan(at, page_size)).ok());
  };
  add_pair("xbzrle decode", mix, cache, "words", 1, ours, [](Pages& set, std::size_t at, Bytes&) {
    benchmark::DoNotOptimize(
        peer_apply_whole(set.deltas[at / page_size], MutableBytes(set.target).subspan(at, page_size)));
  });
  add_pair("xbzrle decode, not whole", mix, cache, "words", 0, ours, [](Pages& set, std::size_t at, Bytes&) {
    benchmark::DoNotOptimize(
        peer_apply(set.deltas[at / page_size], MutableBytes(set.target).subspan(at, page_size)));
  });
}

}  // namespace

void add_kernels() {
  for (const Cache cache : {Cache::hot, Cache::cold}) {
    for (const Mix& mix : mixes) add_encode(mix, cache);
    for (const Mix& mix : mixes)
      if (mix.has_delta()) add_apply(mix, cache);
  }
  add_mean("xbzrle encode/hot", "xbzrle encode, hot, mean", "words", 0);
  add_mean("xbzrle decode/hot", "xbzrle decode, hot, mean", "words", 0);
  add_pair(
      "zero page", mixes[0], Cache::hot, "words", 1,
      [](Pages&, std::size_t, Bytes& zeros) { benchmark::DoNotOptimize(ram::is_zero(zeros)); },
      [](Pages&, std::size_t, Bytes& zeros) { benchmark::DoNotOptimize(peer_is_zero(zeros.data())); });
}

}  // namespace qember::bench
