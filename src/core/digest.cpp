// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/core/digest.hpp>

#include <fmt/format.h>

#include <array>
#include <random>

// Its code goes into this file, so that nothing needs to be linked.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace qember {
namespace {

Digest from(XXH128_hash_t hash) { return {hash.high64, hash.low64}; }

}  // namespace

struct Digester::State {
  XXH3_state_t* xxh = XXH3_createState();
};

std::string to_string(const Digest& digest) { return fmt::format("{:016x}{:016x}", digest.high, digest.low); }

Digest digest_of(ByteView bytes) { return from(XXH3_128bits(bytes.data(), bytes.size())); }

Digest chain(const Digest& before, const Digest& next) {
  const std::array<std::uint64_t, 4> words{before.high, before.low, next.high, next.low};
  std::array<std::uint8_t, sizeof words> bytes{};
  for (std::size_t i = 0; i < words.size(); ++i) store_be(bytes.data() + 8 * i, words[i]);
  return digest_of(bytes);
}

std::uint64_t short_digest(ByteView bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

std::uint64_t random_seed() {
  std::random_device random;
  return std::uint64_t{random()} << 32U | random();
}

void Digester::Free::operator()(State* state) const noexcept {
  XXH3_freeState(state->xxh);
  delete state;
}

Digester::Digester() : state_(new State) { reset(); }
void Digester::reset() { XXH3_128bits_reset(state_->xxh); }
void Digester::update(ByteView bytes) { XXH3_128bits_update(state_->xxh, bytes.data(), bytes.size()); }
Digest Digester::digest() const { return from(XXH3_128bits_digest(state_->xxh)); }

}  // namespace qember
