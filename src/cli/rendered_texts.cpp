// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rendered_texts.hpp"

#include <algorithm>

namespace qember::cli {

class RenderedTexts::Text final : public io::ByteSource {
 public:
  Text(std::shared_ptr<Store> store, Render render) : store_(std::move(store)), render_(std::move(render)) {}

  std::optional<std::uint64_t> size() const override {
    const std::lock_guard lock(store_->mutex);
    make();
    return status_ ? std::optional(size_) : std::nullopt;
  }
  bool is_seekable() const override { return true; }

  Result<std::size_t> read_some(std::uint64_t offset, MutableBytes to) override {
    const std::lock_guard lock(store_->mutex);
    make();
    if (!status_) return status_.error();
    if (offset >= size_) return std::size_t{0};
    to = to.first(static_cast<std::size_t>(std::min<std::uint64_t>(to.size(), size_ - offset)));
    if (auto status = store_->kept.read(begin_ + offset, to); !status) return std::move(status.error());
    return to.size();
  }

 private:
  void make() const {
    if (!render_) return;
    begin_ = store_->end;
    std::string piece;
    render_([&](std::string_view text) {
      constexpr std::size_t enough = std::size_t{64} << 10U;
      piece += text;
      if (piece.size() >= enough) put(piece);
    });
    put(piece);
    size_ = store_->end - begin_;
    render_ = nullptr;
  }

  void put(std::string& piece) const {
    if (status_ && !piece.empty()) status_ = store_->kept.write(store_->end, as_bytes(piece));
    if (status_) store_->end += piece.size();
    piece.clear();
  }

  std::shared_ptr<Store> store_;
  // Made by the first call that needs it.
  mutable Render render_;
  mutable Status status_;
  mutable std::uint64_t begin_ = 0;
  mutable std::uint64_t size_ = 0;
};

std::unique_ptr<io::ByteSource> RenderedTexts::file(Render render) const {
  return std::make_unique<Text>(store_, std::move(render));
}

std::unique_ptr<io::ByteSource> RenderedTexts::file(std::string_view text) const {
  auto kept = file([text](const device::WriteText& write) { write(text); });
  static_cast<void>(kept->size());
  return kept;
}

}  // namespace qember::cli
