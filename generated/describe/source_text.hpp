// SPDX-License-Identifier: LGPL-2.1-or-later
// The schema as its author wrote it: what is lost when it is compiled.
#pragma once

#include <map>
#include <string>

namespace qember::describe {

struct SourceText {
  /// The lines of comments about a type, `FullPage`, or about a component or alternative, by way of those
  /// around it: `SecFull.contents.ramblid`. Such a comment ends on the line before, or begins on the line
  /// where what it is about ends.
  std::map<std::string, std::string> comments;
  /// Of the text without comments and white space, in hex. Not of the compiled schema: that does not have
  /// the constraints of integers, nor the values of an ENUMERATED.
  std::string fingerprint;
};

/// Throws `std::runtime_error` where the file cannot be read.
SourceText read_source_text(const std::string& file);

}  // namespace qember::describe
