// SPDX-License-Identifier: LGPL-2.1-or-later
/// The contents of a page that an index tells the place of.
#include "page_index.hpp"
#pragma once

namespace qember::vm {

class PageReader {
 public:
  /// Of the stream that the index is of; both outlive this.
  PageReader(const PageIndex& index, io::ByteSource& stream) : index_(index), stream_(stream) {}

  /// Fills `to`, a page, with what the stream has of it: not with one that was not sent. `Errc::bad_delta`
  /// and `bad_value` for bytes that make no page, `Errc::io` where these can't be read any more.
  Status read(StoredPage page, MutableBytes to) const;

 private:
  Status read_whole(const StoredPage& page, MutableBytes to) const;
  Status read_bytes(const StoredPage& page, MutableBytes to) const;

  const PageIndex& index_;
  io::ByteSource& stream_;
};

}  // namespace qember::vm
