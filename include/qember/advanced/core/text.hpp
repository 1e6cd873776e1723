// SPDX-License-Identifier: LGPL-2.1-or-later
/// Bytes as text, for messages and for names.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <optional>
#include <string>

namespace qember {

/// The first bytes of `in` in hexadecimal, for `Error::found`.
std::string hex_excerpt(ByteView in, std::size_t most = 8);

/// Characters of a text in UTF-8 (RFC 3629: no surrogates, nothing above U+10FFFF, no overlong form), or
/// nothing where it is none. NUL is refused too: it would end the name in C.
std::optional<std::size_t> utf8_characters(ByteView text) noexcept;

/// What a name is in every stream of QEMU's: not empty, UTF-8, without control characters of ASCII.
bool is_name(ByteView name) noexcept;

/// Finds the word that was meant by one that is mistyped.
class Closest {
 public:
  explicit Closest(std::string_view word);
  /// Considers one of the words there are; it is copied where it is the best so far.
  void consider(std::string_view candidate);
  /// A word that takes the fewest changes (a byte more, less or other, or two neighbours that changed
  /// places); empty where all take more than one for every three bytes. Words over 64 bytes are not like any.
  const std::string& best() const noexcept { return best_; }
  /// `; did you mean WORD?`, printable, for `Error::found`; empty where no word is like it.
  std::string hint() const;

 private:
  std::string word_;
  std::string best_;
  std::size_t changes_;  ///< that are too many, from here on
};

}  // namespace qember
