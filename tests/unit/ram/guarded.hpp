// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <new>

namespace qember::test {

/// Bytes with memory that can't be touched right after them, and, a page apart, before them.
class Guarded {
 public:
  explicit Guarded(std::size_t size, std::uint8_t fill = 0) : size_(size) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t inner = (size + page - 1) / page * page;
    mapped_ = inner + 2 * page;
    map_ = mmap(nullptr, mapped_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map_ == MAP_FAILED) throw std::bad_alloc();
    std::uint8_t* const begin = static_cast<std::uint8_t*>(map_) + page;
    if (inner != 0 && mprotect(begin, inner, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
    data_ = begin + (inner - size);
    std::fill_n(data_, size, fill);
  }
  explicit Guarded(ByteView bytes) : Guarded(bytes.size()) { std::copy(bytes.begin(), bytes.end(), data_); }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  ~Guarded() { munmap(map_, mapped_); }

  MutableBytes bytes() { return {data_, size_}; }
  ByteView view() const { return {data_, size_}; }
  Bytes copy() const { return {data_, data_ + size_}; }

 private:
  std::size_t size_;
  std::size_t mapped_ = 0;
  void* map_ = nullptr;
  std::uint8_t* data_ = nullptr;
};

}  // namespace qember::test
