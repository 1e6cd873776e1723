// SPDX-License-Identifier: LGPL-2.1-or-later
/// Texts as files that are made when they are asked for first.
#pragma once

#include <qember/advanced/device/state_json.hpp>
#include <qember/advanced/io/byte_source.hpp>
#include <qember/advanced/io/temporary_file.hpp>

#include <memory>
#include <mutex>

namespace qember::cli {

/// Keeps texts in one file without a name: together they may be large, and memory should not be.
class RenderedTexts {
 public:
  RenderedTexts() : store_(std::make_shared<Store>()) {}

  using Render = std::function<void(const device::WriteText& write)>;
  /// `render` is called at most once, by the first call that asks for the size or for bytes. The file is
  /// seekable, may be used concurrently, and stays valid without this. What can't be kept has no size, and is
  /// `Errc::io` when it is read.
  std::unique_ptr<io::ByteSource> file(Render render) const;
  /// The same of a text that is kept now.
  std::unique_ptr<io::ByteSource> file(std::string_view text) const;

 private:
  struct Store {
    std::mutex mutex;
    io::TemporaryFile kept;
    std::uint64_t end = 0;  ///< of what is kept
  };
  class Text;

  std::shared_ptr<Store> store_;
};

}  // namespace qember::cli
