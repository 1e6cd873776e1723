// SPDX-License-Identifier: LGPL-2.1-or-later
#include "edit_option.hpp"

#include <fmt/format.h>

namespace qember::cli {

std::string option_of(const vm::Edit& edit) {
  const auto [kind, argument] = vm::to_words(edit);
  std::string word = "'";
  for (const char c : argument) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return fmt::format("--{} {}'", kind, word);
}

}  // namespace qember::cli
