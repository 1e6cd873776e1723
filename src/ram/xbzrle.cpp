// SPDX-License-Identifier: LGPL-2.1-or-later
#include "xbzrle.hpp"

#include "delta_writer.hpp"
#include "dispatch.hpp"
#include "short_copy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace qember::ram {
namespace {

struct Length {
  std::size_t value;
  std::size_t size;  ///< 0: none
};

inline Length parse_length(const std::uint8_t* from, std::size_t left) noexcept {
  if (left >= 1 && from[0] < 0x80) return {from[0], 1};
  if (left >= 2 && from[1] < 0x80) return {(from[0] & 0x7fU) | std::size_t{from[1]} << 7U, 2};
  return {0, 0};
}

struct Pair {
  std::size_t same;
  std::size_t fresh;
  std::size_t header;  ///< bytes of both lengths; 0: malformed
};

inline Pair parse_pair(const std::uint8_t* from, std::size_t left) noexcept {
  if (left >= 2 && from[0] < 0x80 && from[1] < 0x80) return {from[0], from[1], 2};
  const Length same = parse_length(from, left);
  const Length fresh = parse_length(from + same.size, left - same.size);
  return {same.value, fresh.value, same.size == 0 || fresh.size == 0 ? 0 : same.size + fresh.size};
}

/// Between two pairs.
struct Position {
  std::size_t delta = 0;
  std::size_t page = 0;
};

/// Goes from pair to pair until the end, or one that can't be followed, or one that `take` refuses. All of
/// them are sound if, and only if, it ends where the delta does and no further than the page: where one pair
/// ends, in either, the next begins, and so none of those before can be beyond it.
///
/// Each pair tells where the next begins, so that the processor waits for one load after the other. It
/// pays to do little else here, and to leave the copying to a loop that knows all places.
template <class Take>
[[gnu::always_inline]] inline Position follow(ByteView delta, Position at, Take take) {
  for (;;) {
    // Mostly the first length is one byte or two, the second is one, and neither is 0.
    const std::uint8_t* const begin = delta.data();
    while (at.delta + 3 <= delta.size()) {
      const std::uint8_t* const pair = begin + at.delta;
      std::size_t same = pair[0];
      std::size_t header = 2;
      if (same >= 0x80) {
        if (pair[1] >= 0x80) break;
        same = (same & 0x7fU) | std::size_t{pair[1]} << 7U;
        header = 3;
      }
      const std::size_t fresh = pair[header - 1];
      if (same == 0 || fresh - 1 >= 0x7f) break;
      if (!take(Run::make(at.delta + header, at.page + same, fresh))) return at;
      at.delta += header + fresh;
      at.page += same + fresh;
    }
    if (at.delta >= delta.size()) return at;
    const Pair pair = parse_pair(begin + at.delta, delta.size() - at.delta);
    if (pair.header == 0 || pair.fresh == 0 || (pair.same == 0 && at.delta != 0)) return at;
    if (!take(Run::make(at.delta + pair.header, at.page + pair.same, pair.fresh))) return at;
    at.delta += pair.header + pair.fresh;
    at.page += pair.same + pair.fresh;
  }
}

Error flaw(std::size_t offset, std::string expected, std::string found) {
  return {Errc::bad_delta, offset, {}, std::move(expected), std::move(found)};
}

Error bad_length(ByteView delta, std::size_t at, std::string_view run) {
  if (at == delta.size()) return flaw(at, fmt::format("a run of {} bytes", run), "the end of the delta");
  return flaw(at, "a length in one byte or two",
              delta.size() - at == 1 ? "the end of the delta" : "a second byte with bit 7 set");
}

/// Why the pair at `at` is not sound.
Error explain(ByteView delta, std::size_t page_size, Position at) {
  const std::size_t room = page_size - at.page;
  const Length same = parse_length(delta.data() + at.delta, delta.size() - at.delta);
  if (same.size == 0) return bad_length(delta, at.delta, "unchanged");
  if (same.value == 0 && at.delta != 0)
    return flaw(at.delta, "unchanged bytes after changed ones", "0 of them");
  if (same.value > room)
    return flaw(at.delta, fmt::format("at most {} unchanged bytes", room), fmt::format("{}", same.value));

  const std::size_t second = at.delta + same.size;
  const Length fresh = parse_length(delta.data() + second, delta.size() - second);
  if (fresh.size == 0) return bad_length(delta, second, "changed");
  if (fresh.value == 0) return flaw(second, "at least 1 changed byte", "0");
  if (fresh.value > room - same.value)
    return flaw(second, fmt::format("at most {} changed bytes", room - same.value),
                fmt::format("{}", fresh.value));
  return flaw(second, fmt::format("{} changed bytes", fresh.value),
              fmt::format("{}", delta.size() - second - fresh.size));
}

/// The first pair that is not sound.
[[gnu::cold]] Status refuse(ByteView delta, std::size_t page_size) {
  if (delta.size() > page_size)
    return flaw(0, fmt::format("a delta of at most {} bytes", page_size), fmt::format("{}", delta.size()));
  Position at;
  follow(delta, at, [&](const Run& run) {
    if (run.to + run.length > page_size || run.from + run.length > delta.size()) return false;
    at = {run.from + run.length, run.to + run.length};
    return true;
  });
  return explain(delta, page_size, at);
}

bool is_sound(ByteView delta, std::size_t page_size, Position end) {
  return end.delta == delta.size() && end.page <= page_size && delta.size() <= page_size;
}

/// Has all lines of a delta fetched at once: each pair tells where the next is, one line after the other.
[[gnu::always_inline]] inline void fetch_lines(ByteView delta) noexcept {
  for (std::size_t at = 64; at < delta.size(); at += 64) __builtin_prefetch(delta.data() + at);
}

/// Has the line fetched in which bytes change, to be written. It may be beyond the page, of which nothing has
/// been checked: to fetch what is not there does nothing.
[[gnu::always_inline]] inline void fetch_target(const std::uint8_t* page, std::size_t at) noexcept {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): nothing is accessed through it
  __builtin_prefetch(reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(page) + at), 1);
}

/// A delta of more than one run.
[[gnu::noinline]] Status apply_all(ByteView delta, MutableBytes page) {
  // Enough for the runs of most deltas; pairs beyond are gone through a second time.
  std::array<Run, 256> runs;
  std::size_t count = 0;
  const auto note = [&](const Run& run) {
    if (count == runs.size()) return false;
    runs[count++] = run;
    fetch_target(page.data(), run.to);
    return true;
  };

  fetch_lines(delta);
  Position at = follow(delta, {}, note);
  Position end = at;
  if (count == runs.size()) end = follow(delta, at, [](const Run&) { return true; });
  if (!is_sound(delta, page.size(), end)) return refuse(delta, page.size());
  kernel().apply(runs.data(), count, delta.data(), page.data());
  while (at.delta != delta.size()) {
    count = 0;
    at = follow(delta, at, note);
    kernel().apply(runs.data(), count, delta.data(), page.data());
  }
  Status sound;  // `return {}` would clear all of it first
  return sound;
}

}  // namespace

Status xbzrle_check(ByteView delta, std::size_t page_size) {
  const Position end = follow(delta, {}, [](const Run&) { return true; });
  if (!is_sound(delta, page_size, end)) return refuse(delta, page_size);
  Status sound;  // `return {}` would clear all of it first
  return sound;
}

Status xbzrle_apply(ByteView delta, MutableBytes page) {
  // One run that fills the delta: nothing after it could be unsound. (A malformed pair changes 0 bytes.)
  const Pair pair = parse_pair(delta.data(), delta.size());
  if (pair.fresh == 0 || pair.header + pair.fresh != delta.size() || pair.same + pair.fresh > page.size() ||
      delta.size() > page.size())
    return apply_all(delta, page);
  short_copy(page.data() + pair.same, delta.data() + pair.header, pair.fresh);
  Status sound;
  return sound;
}

namespace {

std::uint8_t* put_length(std::uint8_t* to, std::size_t length) noexcept {
  if (length < 0x80) {
    *to++ = static_cast<std::uint8_t>(length);
  } else {
    *to++ = static_cast<std::uint8_t>(length | 0x80U);
    *to++ = static_cast<std::uint8_t>(length >> 7U);
  }
  return to;
}

}  // namespace

std::size_t put_any_pair(std::size_t same, const std::uint8_t* fresh, std::size_t length, std::uint8_t* out,
                         std::size_t used, std::size_t room) noexcept {
  if (std::max(same, length) > max_xbzrle_run) return delta_too_large;
  const std::size_t header = 2U + (same >= 0x80) + (length >= 0x80);
  if (header + length > room - used) return delta_too_large;
  std::uint8_t* const to = put_length(put_length(out + used, same), length);
  std::memcpy(to, fresh, length);
  return used + header + length;
}

std::optional<std::size_t> xbzrle_encode(ByteView old_page, ByteView new_page, MutableBytes out) noexcept {
  const std::size_t size = new_page.size();
  if (old_page.size() != size || size % kernel_block != 0) return std::nullopt;
  const std::size_t used = kernel().encode(old_page.data(), new_page.data(), size, out.data(), out.size());
  if (used == delta_too_large) return std::nullopt;
  return used;
}

}  // namespace qember::ram
