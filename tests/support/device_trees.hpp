// SPDX-License-Identifier: LGPL-2.1-or-later
/// Flattened device trees from a text, see tests/vectors/device_trees.vec.
#pragma once

#include "hex.hpp"

#include <array>
#include <map>
#include <sstream>

namespace qember::test {

/// Writes a tree; the text may break each rule of the format.
class TreeWriter {
 public:
  explicit TreeWriter(const std::string& text) {
    std::istringstream words(text);
    for (std::string word; words >> word;) add(word);
  }

  Bytes tree() const {
    constexpr std::uint32_t structure = 56;
    const auto strings = static_cast<std::uint32_t>(structure + structure_.size());
    const auto end = static_cast<std::uint32_t>(strings + strings_.size());
    std::array<std::uint32_t, 10> header{0xd00dfeed,
                                         end,
                                         structure,
                                         strings,
                                         40,
                                         17,
                                         16,
                                         0,
                                         static_cast<std::uint32_t>(strings_.size()),
                                         static_cast<std::uint32_t>(structure_.size())};
    for (const auto& [index, value] : header_) header.at(index) = value;
    Bytes bytes;
    for (const std::uint32_t value : header) put(bytes, value);
    bytes.resize(structure);  // no memory is reserved
    bytes.insert(bytes.end(), structure_.begin(), structure_.end());
    bytes.insert(bytes.end(), strings_.begin(), strings_.end());
    return bytes;
  }

 private:
  static void put(Bytes& to, std::uint32_t value) {
    to.resize(to.size() + 4);
    store_be(to.data() + to.size() - 4, value);
  }
  static void pad(Bytes& to) { to.resize((to.size() + 3) / 4 * 4); }

  void add(const std::string& word) {
    const auto equals = word.find('=');
    if (word[0] == '(') {
      put(structure_, 1);
      structure_.insert(structure_.end(), word.begin() + 1, word.end());
      structure_.push_back(0);
      pad(structure_);
    } else if (word == ")") {
      put(structure_, 2);
    } else if (word == "~") {
      put(structure_, 4);
    } else if (word == ".") {
      put(structure_, 9);
    } else if (word[0] == '#' && word[1] == '#') {
      const Bytes bytes = from_hex(word.substr(2));
      structure_.insert(structure_.end(), bytes.begin(), bytes.end());
    } else if (word[0] == '[') {
      header_[std::stoul(word.substr(1))] =
          static_cast<std::uint32_t>(std::stoul(word.substr(equals + 1), nullptr, 16));
    } else {
      add_property(word.substr(0, equals), word.substr(equals + 1));
    }
  }

  void add_property(const std::string& name, const std::string& text) {
    Bytes value;
    if (text.starts_with('"')) {
      value.assign(text.begin() + 1, text.end() - 1);
      value.push_back(0);
    } else {
      value = from_hex(text);
    }
    const auto [found, is_new] = names_.emplace(name, static_cast<std::uint32_t>(strings_.size()));
    if (is_new) {
      strings_.insert(strings_.end(), name.begin(), name.end());
      strings_.push_back(0);
    }
    put(structure_, 3);
    put(structure_, static_cast<std::uint32_t>(value.size()));
    put(structure_, found->second);
    structure_.insert(structure_.end(), value.begin(), value.end());
    pad(structure_);
  }

  Bytes structure_, strings_;
  std::map<std::string, std::uint32_t> names_;
  std::map<std::size_t, std::uint32_t> header_;  ///< fields that are not what they should be
};

inline Bytes tree_of(const std::string& text) { return TreeWriter(text).tree(); }

}  // namespace qember::test
