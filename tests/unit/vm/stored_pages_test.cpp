// SPDX-License-Identifier: LGPL-2.1-or-later
// Where pages are, against a model that keeps a number for each.
#include "vm/stored_pages.hpp"

#include <catch2/catch.hpp>

#include <random>

using qember::vm::NumberArrays;
using qember::vm::PageNumber;
using qember::vm::StoredPages;

namespace {

constexpr std::uint64_t page_size = 4096;

/// Pages and what is known of them.
struct Model {
  NumberArrays arrays;
  StoredPages pages{arrays, page_size};
  std::map<std::uint64_t, std::uint64_t> numbers;

  void zero(std::uint64_t page) {
    pages.add_zero(page);
    numbers[page] = PageNumber(PageNumber::Kind::zero, 0).bits();
  }
  void full(std::uint64_t page, std::uint64_t position) {
    pages.add_full(page, position);
    numbers[page] = PageNumber(PageNumber::Kind::full, position).bits();
  }
  void record(std::uint64_t page, std::uint64_t value) {
    pages.set(page, {PageNumber::Kind::record, value});
    numbers[page] = PageNumber(PageNumber::Kind::record, value).bits();
  }
  void forget(std::uint64_t first, std::uint64_t end) {
    pages.forget(first, end);
    numbers.erase(numbers.lower_bound(first), numbers.lower_bound(end));
  }
  std::size_t wrong(std::uint64_t end) const {
    std::size_t count = 0;
    for (std::uint64_t page = 0; page < end; ++page) {
      const auto found = numbers.find(page);
      count += pages.get(page).bits() != (found == numbers.end() ? 0 : found->second);
    }
    return count;
  }
};

}  // namespace

TEST_CASE("pages in order take a bit each, whatever their records take") {
  std::mt19937 random(1);
  for (const std::uint64_t header : {8, 0, 17, 255})
    for (const std::uint64_t zero_size : {9, 4, 255})
      for (const unsigned zeros_of_100 : {0, 50, 97, 100}) {
        Model model;
        std::uint64_t record = 1000;
        constexpr std::uint64_t pages = 262144;  // 1 GiB
        for (std::uint64_t page = 0; page < pages; ++page) {
          const bool is_zero = random() % 100 < zeros_of_100;
          if (is_zero)
            model.zero(page);
          else
            model.full(page, record + header);
          record += is_zero ? zero_size : header + page_size;
        }
        CAPTURE(header, zero_size, zeros_of_100);
        CHECK(model.wrong(pages) == 0);
        CHECK(model.pages.bytes() < std::size_t{128} << 10U);
      }
}

TEST_CASE("pages in any order are where they came last") {
  constexpr std::uint64_t pages = 5000;
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    Model model;
    std::uint64_t position = 0;
    std::uint64_t next = 0;
    for (int step = 0; step < 2000; ++step) {
      const unsigned choice = random() % 1000;
      if (choice < 20) next = random() % pages;
      if (choice < 2) {
        const std::uint64_t first = random() % pages;
        model.forget(first, first + random() % 2000);
      }
      const std::uint64_t page = next++ % pages;
      position += random() % 50 == 0 ? random() % 100 : 8;
      if (choice % 3 == 0) {
        model.zero(page);
        position += 1;
      } else if (choice % 97 == 1) {
        model.record(page, step);
      } else {
        model.full(page, position);
        position += page_size;
      }
    }
    CAPTURE(seed);
    CHECK(model.wrong(pages + 2000) == 0);
  }
}

TEST_CASE("pages that are forgotten take no memory") {
  Model model;
  for (std::uint64_t page = 0; page < 10000; ++page) model.full(page, page * 5000);
  for (std::uint64_t page = 0; page < 10000; page += 3) model.full(page, page * 5000 + 1);
  model.forget(0, 10240);
  CHECK(model.pages.empty());
  CHECK(model.pages.bytes() == 0);
}
