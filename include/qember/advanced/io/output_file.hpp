// SPDX-License-Identifier: LGPL-2.1-or-later
/// An output file that is written atomically.
#pragma once

#include <qember/advanced/io/descriptor.hpp>
#include <qember/advanced/io/output.hpp>
#include <qember/advanced/io/unfinished.hpp>

namespace qember::io {

/// A file that is there under its name only when it is whole. A regular or absent path is written
/// under a name beside it, with mode 0600 since it holds a machine's memory; a FIFO, socket or device
/// is opened as it is.
class OutputFile {
 public:
  /// `force`: bytes may go to a terminal. What is there is replaced either way: the user has named it.
  static Result<OutputFile> open(const std::string& path, bool force);
  OutputFile(OutputFile&&) = default;
  OutputFile& operator=(OutputFile&&) = default;

  int fd() const noexcept { return descriptor_.get(); }
  /// Writes all pieces, and clears the output.
  Status drain(Output& output);
  /// Syncs and closes the file: all of it is written.
  Status finish();
  /// The same, and gives it its name; without this no file stays.
  Status commit();

 private:
  OutputFile() = default;
  Status open_temporary();

  std::string path_;
  Unfinished temporary_;  ///< none where the path is written to as it is
  Descriptor descriptor_;
};

}  // namespace qember::io
