// SPDX-License-Identifier: LGPL-2.1-or-later
/// An image of a guest's memory in the order of its addresses, written as its stream goes by.
#pragma once

#include <qember/advanced/io/sparse_file.hpp>
#include <qember/advanced/io/temporary_file.hpp>
#include <qember/advanced/vm/final_ram.hpp>
#include <qember/advanced/vm/layout_reader.hpp>

namespace qember::dump {

/// What an image that was written lacks.
struct ImageNotices {
  std::vector<std::string> left_out;  ///< names of blocks: firmware and the memory of devices
  std::uint64_t unsent = 0;           ///< pages of RAM that the stream does not hold, which are holes
};

/// Byte N of the file is the byte at the guest-physical address N. What is not RAM is a hole, and so are
/// pages of zeros. Blocks whose place is known last wait in a temporary file.
class ImageWriter final : public event::Sink, private vm::RamStore {
 public:
  /// `context`, of the events, and `file`, which is empty, outlive this.
  ImageWriter(const event::Context& context, io::SparseFile& file, vm::LayoutOptions layout,
              const Limits& limits)
      : context_(context),
        file_(file),
        layout_(context, std::move(layout), limits),
        ram_(context, *this, limits) {}

  using Sink::take;
  Status take(const event::Event& event) override;
  /// After the last event, or as far as a stream could be read. `Errc::unsupported` for RAM that is not in
  /// the stream, and where it is not known what addresses it has.
  Status finish();
  const ImageNotices& notices() const noexcept { return notices_; }

 private:
  /// Where the bytes of a block go.
  struct Home {
    std::vector<vm::PlacedRam> pieces{};      ///< in order of offset; none where that is not known
    std::optional<std::uint64_t> waits_at{};  ///< in the temporary file
  };
  /// A run of bytes of a block that go to one place.
  struct Target {
    io::SparseFile* file = nullptr;
    std::uint64_t at = 0;
    std::uint64_t size = 0;
  };

  bool wants(std::uint32_t block) override;
  Status write(std::uint32_t block, std::uint64_t addr, ByteView data) override;
  Status read(std::uint32_t block, std::uint64_t addr, MutableBytes data) override;
  Status clear(std::uint32_t block, std::uint64_t addr, std::uint64_t size) override;

  Status begin();
  Status open_waiting();
  Target target_of(std::uint32_t block, std::uint64_t addr, std::uint64_t size);
  static Status copy(io::SparseFile& from, std::uint64_t begin, std::uint64_t size, io::SparseFile& to,
                     std::uint64_t to_begin);
  Status take_back(const vm::RamLayout& layout);

  const event::Context& context_;
  io::SparseFile& file_;
  vm::LayoutReader layout_;
  vm::FinalRam ram_;
  std::vector<Home> homes_;  ///< by block
  std::uint64_t waiting_ = 0;
  io::TemporaryFile temporary_;
  std::optional<io::SparseFile> waiting_file_;
  ImageNotices notices_;
};

}  // namespace qember::dump
