// SPDX-License-Identifier: LGPL-2.1-or-later
/// The stream that all benchmarks of streams work on, in both forms, in files on tmpfs.
#pragma once

#include <qember/advanced/core/bytes.hpp>
#include <qember/advanced/ram/page.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace qember::bench {

/// A file in memory, read-only.
class Mapped {
 public:
  explicit Mapped(const std::filesystem::path& path);
  ~Mapped();
  Mapped(Mapped&& other) noexcept;
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;
  Mapped& operator=(Mapped&&) = delete;
  ByteView bytes() const { return bytes_; }

 private:
  ByteView bytes_;
};

struct Page {
  ram::PageView view;
  std::size_t block = 0;
};

struct Block {
  std::string name;
  std::uint64_t length = 0;  ///< bytes
};

class Material {
 public:
  /// A native stream; where `bytes` is more than it has, its rounds after the first are repeated until it
  /// has that many.
  Material(const std::filesystem::path& stream, std::uint64_t bytes);
  ~Material();
  Material(const Material&) = delete;
  Material& operator=(const Material&) = delete;

  /// The index of the block of that name.
  std::size_t block(std::string_view name) const;

  std::filesystem::path directory() const { return directory_; }
  std::filesystem::path native() const { return directory_ / "native"; }
  std::filesystem::path ber() const { return directory_ / "ber"; }

  std::vector<Page> pages;  ///< of the BER, in its order; views of `ber_bytes`
  std::vector<Block> blocks;
  std::uint64_t page_size = 0;
  ByteView ber_bytes;
  std::uint64_t native_size = 0;
  std::uint64_t ber_size = 0;
  std::uint64_t page_bytes = 0;  ///< contents of pages
  // Of the BER, bytes that are no page's contents.
  std::uint64_t page_overhead = 0;

 private:
  void grow(const std::filesystem::path& stream, std::uint64_t bytes) const;
  void read_pages();

  std::filesystem::path directory_;
  std::vector<Mapped> mapped_;
};

/// Runs `command` without a shell; output goes to `out`, which is made, or to where it goes now. Throws
/// unless it exits 0.
void run(const std::vector<std::string>& command, const std::filesystem::path& out = {});

}  // namespace qember::bench
