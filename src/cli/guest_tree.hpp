// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a saved VM holds, as files.
#pragma once

#include "file_tree.hpp"

#include <qember/advanced/dump/guest_files.hpp>

namespace qember::cli {

/// The files, and what is to be said of them.
struct GuestTree {
  FileTree files;
  std::vector<Error> missing{};      ///< why files are not there
  std::vector<std::string> notes{};  ///< what those that are there lack
};

struct GuestTreeOptions {
  std::string title;                 ///< of the map
  bool searches_mapped_ram = false;  ///< for VMCOREINFO, which reads all of its memory
};

/// Reads the stream for its pages. `Errc` of a stream that can't be read; `core`, `physical.raw` and blocks
/// that can't be given are left out alone.
Result<GuestTree> make_guest_tree(const vm::SavedVm& vm, const GuestTreeOptions& options);

}  // namespace qember::cli
