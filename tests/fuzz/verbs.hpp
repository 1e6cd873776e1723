// SPDX-License-Identifier: LGPL-2.1-or-later
/// What must hold of every verb that looks into a stream.
#pragma once

#include "command.hpp"
#include "fuzz.hpp"

#include "support/convert.hpp"

#include <qember/advanced/core/error.hpp>

#include <filesystem>
#include <optional>

namespace qember::fuzz {

/// A stream, and what `check` says of it.
class Stream {
 public:
  explicit Stream(ByteView bytes);

  std::string path() const { return file_.path(); }
  /// What ends its reading; nothing where it can be read to its end, whatever else may be wrong in it.
  const std::optional<Error>& refusal() const noexcept { return refusal_; }

  /// Runs the verb and requires
  /// - one of the exit codes that are documented, in bounded memory,
  /// - nothing for a terminal to act upon, in what it says,
  /// - of a stream that `check` cannot read, the same line and exit code; of one in which it finds nothing,
  ///   exit 0; or else, of other verbs than `show` and `info`, 4 for what they cannot do, and of `read` and
  ///   `edit` 2 for what is not there.
  Ran run(const std::vector<std::string>& arguments) const;

 private:
  void is_answered(const std::string& verb, const Ran& ran, const std::string& what) const;

  MemoryFile file_;
  std::optional<Error> refusal_;
  bool breaks_rules_ = false;
};

/// A directory for what a verb writes.
class Outputs {
 public:
  Outputs();
  ~Outputs();
  Outputs(const Outputs&) = delete;
  Outputs& operator=(const Outputs&) = delete;

  std::string path(const std::string& name) const { return directory_ / name; }
  /// Requires that there is something where the verb went well, and nothing where it did not.
  void are_whole_or_none(const Ran& ran) const;
  bool are_none() const;
  void remove_all() const;

 private:
  std::filesystem::path directory_;
};

/// The same stream in the other form, where it has one.
test::Converted other_form(ByteView in);

/// Requires that each line is JSON.
void is_json_lines(const Ran& ran);

}  // namespace qember::fuzz
