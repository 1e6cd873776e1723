// SPDX-License-Identifier: LGPL-2.1-or-later
/// What the forms of `extract` have in common.
#pragma once

#include "../common_options.hpp"

#include <qember/advanced/event/sink.hpp>
#include <qember/advanced/io/output_file.hpp>

namespace qember::cli {

struct ExtractOptions {
  std::string file = "-";
  std::optional<std::string> ram;  ///< the directory
  std::optional<std::string> elf;  ///< the core
  std::optional<std::string> raw;  ///< the image; not with a core
  std::vector<std::string> blocks;
  PlaceOptions place;
  bool force = false;
  bool partial = false;
  ReadOptions read;
};

/// Opens a file of the forms, to be written here and there.
Result<io::OutputFile> open_seekable(const std::string& path, const ExtractOptions& options);

/// Something that a stream's memory is taken out to, event by event.
class Extraction : public event::Sink {
 public:
  /// Writes what is known last; then all is written, and has no name yet.
  virtual Status finish() = 0;
  /// Gives the files their names; without it nothing stays.
  virtual Status commit() = 0;
  /// Takes that back.
  virtual void undo() noexcept = 0;
  /// Memory that the guest has and the files have not, once all is written.
  virtual std::span<const Error> lacking() const { return {}; }
};

}  // namespace qember::cli
