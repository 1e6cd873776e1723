// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guarded.hpp"
#include "ram/dispatch.hpp"
#include "ram/place.hpp"
#include "ram/zero.hpp"
#include "xbzrle_reference.hpp"

#include <qember/advanced/ram/kernels.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>

using namespace qember;
using namespace qember::test;
using ram::Kernel;
using ram::Run;

namespace {

std::optional<Bytes> encode(const Kernel& kernel, const Guarded& old_page, const Guarded& new_page,
                            std::size_t room) {
  Guarded out(room);
  const std::size_t size = kernel.encode(old_page.view().data(), new_page.view().data(),
                                         new_page.view().size(), out.bytes().data(), room);
  if (size == ram::delta_too_large) return std::nullopt;
  REQUIRE(size <= room);
  return Bytes(out.view().begin(), out.view().begin() + static_cast<std::ptrdiff_t>(size));
}

/// Runs in order, of lengths on both sides of every step that a copy may take, and what they make.
struct Runs {
  std::vector<Run> runs;
  Bytes delta;
  Bytes page;
};

Runs random_runs(Random& random, Bytes page) {
  const std::size_t most = std::size_t{1} << below(random, 12);
  Runs made{{}, {}, std::move(page)};
  for (std::size_t at = below(random, 200); at < made.page.size(); at += 1 + below(random, 200)) {
    const Run run =
        Run::make(made.delta.size(), at, std::min(1 + below(random, most), made.page.size() - at));
    for (; at < run.to + run.length; ++at)
      made.delta.push_back(made.page[at] = static_cast<std::uint8_t>(random()));
    made.runs.push_back(run);
  }
  return made;
}

}  // namespace

TEST_CASE("every kernel encodes as byte by byte, and reads and writes nothing else") {
  for (const Kernel* kernel : ram::supported_kernels()) {
    INFO(kernel->name);
    Random random(4);
    for (int round = 0; round < 1000; ++round) {
      const std::size_t size = std::size_t{256} << below(random, round % 20 == 0 ? 9 : 5);
      const Bytes old_page = random_page(random, size);
      const Bytes new_page = changed_page(random, old_page);
      const Guarded guarded_old(old_page);
      const Guarded guarded_new(new_page);
      const auto delta = reference_encode(old_page, new_page, SIZE_MAX);
      const std::size_t needed = delta ? delta->size() : size;
      for (const std::size_t room :
           {size, needed, needed + 2, needed - std::min<std::size_t>(needed, 1 + below(random, 70))})
        REQUIRE(encode(*kernel, guarded_old, guarded_new, room) ==
                reference_encode(old_page, new_page, room));
    }
  }
}

TEST_CASE("every kernel applies runs as byte by byte, and reads and writes nothing else") {
  for (const Kernel* kernel : ram::supported_kernels()) {
    INFO(kernel->name);
    Random random(5);
    for (int round = 0; round < 1000; ++round) {
      const Bytes before = random_page(random, std::size_t{256} << below(random, 5));
      const Runs made = random_runs(random, before);
      const Guarded delta(made.delta);
      Guarded page(before);
      kernel->apply(made.runs.data(), made.runs.size(), delta.view().data(), page.bytes().data());
      REQUIRE(page.copy() == made.page);
    }
  }
}

TEST_CASE("every kernel finds every byte that is not zero") {
  for (const Kernel* kernel : ram::supported_kernels()) {
    INFO(kernel->name);
    for (const std::size_t size : {256U, 257U, 300U, 511U, 512U, 513U, 1024U, 4096U}) {
      Guarded bytes(size);
      std::uint8_t* const data = bytes.bytes().data();
      CHECK(kernel->is_zero(data, size));
      for (std::size_t i = 0; i < size; ++i) {
        data[i] = static_cast<std::uint8_t>(1U << i % 8);
        if (kernel->is_zero(data, size)) FAIL("no byte seen at " << i << " of " << size);
        data[i] = 0;
      }
    }
  }
}

TEST_CASE("every kernel places pages, and reads and writes nothing else") {
  for (const Kernel* kernel : ram::supported_kernels()) {
    INFO(kernel->name);
    Random random(6);
    for (std::size_t size = ram::kernel_block; size <= 65536; size *= 2) {
      for (const std::size_t skew : {0U, 1U, 17U, 63U}) {
        const Guarded page(random_page(random, size + skew));
        const ByteView from = page.view().subspan(skew);
        Guarded to(size);
        kernel->place(from.data(), size, to.bytes().data());
        CHECK(std::ranges::equal(from, to.view()));
      }
    }
  }
}

TEST_CASE("place takes any size, to anywhere") {
  Random random(7);
  for (const std::size_t size : {0U, 1U, 255U, 256U, 300U, 4096U, 5000U}) {
    const Bytes page = random_page(random, size);
    for (const std::size_t skew : {0U, 1U, 32U, 64U}) {
      Guarded to(size + skew);
      ram::place(page, to.bytes().data() + skew);
      ram::placed();
      CHECK(std::ranges::equal(page, to.view().subspan(skew)));
    }
  }
}

TEST_CASE("is_zero takes any size") {
  for (std::size_t size = 0; size < 600; ++size) {
    Guarded bytes(size);
    CHECK(ram::is_zero(bytes.view()));
    for (std::size_t i = 0; i < size; i += 1 + i % 7) {
      bytes.bytes()[i] = 0x10;
      if (ram::is_zero(bytes.view())) FAIL(i << " of " << size);
      bytes.bytes()[i] = 0;
    }
  }
}

TEST_CASE("the preferred kernel comes first, the one for every processor last") {
  const auto kernels = ram::supported_kernels();
  REQUIRE(!kernels.empty());
  CHECK(kernels.back()->name == "scalar");
  const auto preferred = ram::select_kernel("");
  REQUIRE(preferred);
  CHECK(*preferred == kernels.front());
  for (const Kernel* kernel : kernels) {
    const auto selected = ram::select_kernel(kernel->name);
    REQUIRE(selected);
    CHECK(*selected == kernel);
  }
}

TEST_CASE("a kernel that is unknown or not for this processor is an error") {
#if defined(__x86_64__)
  const char* const elsewhere = "neon";
#else
  const char* const elsewhere = "avx2";
#endif
  for (const char* name : {elsewhere, "sse9", "AVX2", "scalar "}) {
    const auto selected = ram::select_kernel(name);
    REQUIRE_FALSE(selected);
    CHECK(selected.error().code == Errc::usage);
    CHECK(selected.error().path == "QEMBER_KERNELS");
    CHECK(selected.error().expected.find("scalar") != std::string::npos);
    CHECK(selected.error().found == name);
  }
}

TEST_CASE("QEMBER_KERNELS forces a kernel") {
  const char* const name = std::getenv("QEMBER_KERNELS");
  const auto active = ram::active_kernel();
  const auto expected = ram::select_kernel(name == nullptr ? "" : name);
  REQUIRE(active.ok() == expected.ok());
  if (active) {
    CHECK(active->name == (*expected)->name);
    CHECK(active->name == ram::kernel().name);
  } else {
    CHECK(to_string(active.error()) == to_string(expected.error()));
  }
  CHECK(ram::available_kernels().size() == ram::supported_kernels().size());
}

// Run with QEMBER_KERNELS set to a name that no kernel has.
TEST_CASE("QEMBER_KERNELS with an unknown name is refused", "[.refused kernel]") {
  const auto active = ram::active_kernel();
  REQUIRE_FALSE(active);
  CHECK(active.error().code == Errc::usage);
  CHECK(active.error().found == std::getenv("QEMBER_KERNELS"));
}
