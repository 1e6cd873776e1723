// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/block_file_name.hpp>

#include <fmt/format.h>

namespace qember::vm {
namespace {

bool is_plain(char c) {
  constexpr std::string_view others = "._@:+-";
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         others.find(c) != std::string_view::npos;
}

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace

std::string block_file_name(std::string_view block) {
  constexpr std::size_t max_name = 200;
  constexpr std::size_t hash_digits = 16;
  std::string name;
  for (const char c : block) {
    const bool leads = name.empty() && (c == '.' || c == '-' || block == index_file_name);
    name += is_plain(c) && !leads ? std::string(1, c) : fmt::format("%{:02X}", static_cast<std::uint8_t>(c));
  }
  // No other name is a bare '%'.
  if (name.empty()) return "%";
  if (name.size() <= max_name) return name;
  return fmt::format("{}~{:016x}", name.substr(0, max_name - hash_digits - 1), fnv1a(block));
}

}  // namespace qember::vm
