// SPDX-License-Identifier: LGPL-2.1-or-later
/// XXH3: fast digests that tell contents apart. Not against someone who makes two contents collide.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <memory>
#include <string>

namespace qember {

struct Digest {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend bool operator==(const Digest&, const Digest&) = default;
};

/// The digest as `xxhsum -H2` prints it.
std::string to_string(const Digest& digest);

Digest digest_of(ByteView bytes);
/// The digest of what was chained so far and what follows.
Digest chain(const Digest& before, const Digest& next);
/// 64 bits of it, seeded.
std::uint64_t short_digest(ByteView bytes, std::uint64_t seed);

/// A seed that nobody can know, so that nobody can prepare contents whose digests are alike.
std::uint64_t random_seed();

/// The digest of bytes that come in pieces.
class Digester {
 public:
  Digester();
  void reset();
  void update(ByteView bytes);
  Digest digest() const;

 private:
  struct State;
  struct Free {
    void operator()(State* state) const noexcept;
  };
  std::unique_ptr<State, Free> state_;
};

}  // namespace qember
