// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/types.hpp"
#include "support/vectors.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <latch>
#include <thread>

using namespace qember;

// Of use under ThreadSanitizer. The first thing that every thread does may be the first in the process.
TEST_CASE("eight threads decode, check, encode and free") {
  const auto vectors = test::read_vectors("accepted.vec");
  std::atomic<int> wrong{0};
  std::latch start(8);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      start.arrive_and_wait();
      for (int round = 0; round < 20; ++round)
        for (const auto& vector : vectors) {
          const auto der = test::transcode(vector.type, vector.in);
          if (!der.ok() || *der != vector.der) ++wrong;
        }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("eight threads read and encode one value") {
  auto value = asn1::Value<asn1::VMStateEntries>::make();
  auto array = value->make_array();
  for (std::uint64_t i = 0; i < 1000; ++i) array.append().set_int(i);
  const auto der = asn1::encode(*value);
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      const auto again = asn1::encode(*value);
      if (!again.ok() || *again != *der || !asn1::equal(*value, *value)) ++wrong;
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}
