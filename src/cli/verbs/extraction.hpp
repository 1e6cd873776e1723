// SPDX-License-Identifier: LGPL-2.1-or-later
/// What the forms of `extract` have in common.
#pragma once

#include "../common_options.hpp"

#include <qember/vm/final_ram.hpp>
#include <qember/vm/layout.hpp>

namespace qember::cli {

struct ExtractOptions {
  std::string file = "-";
  std::optional<std::string> ram;  ///< the directory
  std::optional<std::string> elf;  ///< the core
  std::vector<std::string> blocks;
  std::optional<vm::Hole> hole;
  bool force = false;
  bool partial = false;
  ReadOptions read;
};

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

/// The places of `names` in the list of blocks; `Errc::usage` for a name that is not there.
Result<std::vector<std::uint32_t>> find_blocks(const event::Session& session,
                                               std::span<const std::string> names);

/// Why a block's pages are not in the stream.
struct Absence {
  std::string_view reason;
  bool has_contents = false;  ///< the guest has them, so that without them its memory is not whole
};

/// Nothing of a block whose pages are in the stream.
std::optional<Absence> absence_of(const event::Session& session, const vm::FinalRam& ram,
                                  std::uint32_t block);

/// Refuses a stream whose RAM went over other connections.
Status check_included(const vm::FinalRam& ram);

/// `Errc::unsupported`, for a block that was asked for and is not in the stream.
Error refuse_absent(const event::RamBlock& block, std::string_view reason);

}  // namespace qember::cli
