// SPDX-License-Identifier: LGPL-2.1-or-later
// What is read of device trees, sound ones and others, and how they are found in RAM.
#include "vm/device_tree.hpp"
#include "support/device_trees.hpp"

#include <qember/advanced/vm/ram_trees.hpp>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>

using namespace qember;
using namespace qember::test;
using namespace qember::vm;

namespace {

struct TreeVector {
  std::string line;
  std::string words;
  std::string answer;  ///< empty where the tree is refused
};

/// The words with those that stand for others.
std::string expand(const std::string& text, const std::map<std::string, std::string>& pieces) {
  std::istringstream words(text);
  std::string all;
  for (std::string word; words >> word;) all += (word[0] == '@' ? pieces.at(word) : word) + " ";
  return all;
}

std::vector<TreeVector> read_vectors() {
  std::ifstream in(std::string(QEMBER_TEST_VECTORS) + "/device_trees.vec");
  REQUIRE(in);
  std::map<std::string, std::string> pieces;
  std::vector<TreeVector> vectors;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    const auto colon = line.find(" : "), equals = line.find(" = ");
    if (colon != std::string::npos)
      pieces[line.substr(0, colon)] = line.substr(colon + 3);
    else if (equals != std::string::npos)
      vectors.push_back({line, expand(line.substr(0, equals), pieces), line.substr(equals + 3)});
    else
      vectors.push_back({line, expand(line.substr(0, line.rfind('!')), pieces), {}});
  }
  return vectors;
}

std::string text_of(const std::optional<DeviceTree>& tree) {
  if (!tree) return {};
  std::string text = tree->compatible.empty() ? "-" : tree->compatible;
  for (const MemoryAffinity& each : tree->memory)
    text += fmt::format(" {}@{:x}+{:x}", each.domain, each.base, each.size);
  return tree->initrd_end ? text + fmt::format(" initrd-end {:x}", *tree->initrd_end) : text;
}

constexpr std::size_t page_size = 4096;

event::RamPage page_of(const Bytes& bytes, std::uint64_t addr, std::size_t at) {
  event::RamPage page;
  page.addr = addr;
  page.kind = event::RamPageKind::full;
  page.data = ByteView(bytes).subspan(at, page_size);
  return page;
}

/// A tree of three pages, with its last page filled up.
Bytes long_tree() {
  std::string words = "( compatible=\"a\" ";
  for (int i = 0; i < 600; ++i) words += "p=00000000 ";
  Bytes bytes = tree_of(words + ") .");
  REQUIRE(bytes.size() > 2 * page_size);
  REQUIRE(bytes.size() < 3 * page_size);
  bytes.resize(3 * page_size);
  return bytes;
}

void note_all(RamTrees& trees, const Bytes& bytes, std::uint64_t offset) {
  for (std::size_t at = 0; at < bytes.size(); at += page_size)
    trees.note(page_of(bytes, offset + at, at), page_size);
}

}  // namespace

TEST_CASE("device trees: read where all of it is sound") {
  const auto vectors = read_vectors();
  REQUIRE(vectors.size() > 50);
  for (const TreeVector& each : vectors) {
    INFO(each.line);
    CHECK(text_of(parse_device_tree(tree_of(each.words))) == each.answer);
  }
}

TEST_CASE("device trees that end anywhere, and that have any byte changed, are read or refused") {
  for (const TreeVector& each : read_vectors()) {
    if (each.answer.empty()) continue;
    const Bytes sound = tree_of(each.words);
    for (std::size_t size = 0; size < sound.size(); ++size) {
      const Bytes cut(sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(size));
      const auto extent = tree_extent(cut);
      CHECK(parse_device_tree(cut).has_value() == (extent && *extent <= size));
    }
    for (std::size_t at = 0; at < sound.size(); ++at)
      for (const int bit : {0, 1, 7}) {
        Bytes damaged = sound;
        damaged[at] ^= static_cast<std::uint8_t>(1U << bit);
        if (const auto tree = parse_device_tree(damaged))
          for (const MemoryAffinity& range : tree->memory) CHECK(range.base + range.size > range.base);
      }
  }
}

TEST_CASE("device trees nest 64 deep, and no deeper") {
  const auto nested = [](std::size_t depth) {
    std::string words;
    for (std::size_t i = 0; i < depth; ++i) words += i == 0 ? "( " : "(n ";
    for (std::size_t i = 0; i < depth; ++i) words += ") ";
    return parse_device_tree(tree_of(words + ".")).has_value();
  };
  CHECK(nested(64));
  CHECK_FALSE(nested(65));
  CHECK_FALSE(nested(10000));
}

TEST_CASE("device trees have up to 4096 ranges of memory") {
  const auto with = [](std::size_t ranges) {
    std::string reg;
    for (std::size_t i = 0; i < ranges; ++i) reg += fmt::format("{:08x}00001000", (i + 1) * 4096);
    const std::string words = "( #address-cells=00000001 (m device_type=\"memory\" reg=" + reg + " ) ) .";
    return parse_device_tree(tree_of(words)).has_value();
  };
  CHECK(with(4096));
  CHECK_FALSE(with(4097));
}

TEST_CASE("names of properties cost no more than those that are known, however long they are") {
  // A string of 100 000 bytes without an end, into which thousands of properties point.
  const std::string name(100000, 'n');
  std::string words = "( ";
  for (int i = 0; i < 5000; ++i) words += name + "= ";
  CHECK(parse_device_tree(tree_of(words + ") .")));
}

namespace {

std::vector<RamTree> known(const RamTrees& trees) { return trees.trees().or_throw(); }

bool are_lost(const RamTrees& trees) {
  const auto found = trees.trees();
  return !found && found.error().code == Errc::unsupported;
}

}  // namespace

TEST_CASE("trees in RAM are those that its pages have in the end") {
  const Bytes bytes = long_tree();
  const std::size_t extent = tree_extent(bytes).value();
  const auto count = [](const RamTrees& trees) { return known(trees).size(); };
  RamTrees trees;
  note_all(trees, bytes, tree_alignment);
  REQUIRE(count(trees) == 1);
  CHECK(known(trees)[0].offset == tree_alignment);
  CHECK(known(trees)[0].bytes == Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(extent)));
  // Sent again, with another page in it.
  Bytes other = bytes;
  other[page_size + 7] ^= 1;
  trees.note(page_of(other, tree_alignment + page_size, page_size), page_size);
  REQUIRE(count(trees) == 1);
  CHECK(known(trees)[0].bytes[page_size + 7] == other[page_size + 7]);
  trees.note(page_of(bytes, tree_alignment, 0), page_size);
  CHECK(count(trees) == 1);
  event::RamPage zeros;
  zeros.addr = tree_alignment + page_size;
  zeros.kind = event::RamPageKind::zero;
  trees.note(zeros, page_size);
  REQUIRE(count(trees) == 1);
  CHECK(known(trees)[0].bytes[page_size + 7] == 0);
  // Overwritten where it begins.
  zeros.addr = tree_alignment;
  trees.note(zeros, page_size);
  CHECK(count(trees) == 0);
}

TEST_CASE("trees in RAM that a page lacks are none, and those that a delta changed are not known") {
  const Bytes bytes = long_tree();
  for (const bool is_delta : {false, true}) {
    RamTrees trees;
    trees.note(page_of(bytes, 0, 0), page_size);
    trees.note(page_of(bytes, page_size, page_size), page_size);
    if (is_delta) {
      trees.note(page_of(bytes, 2 * page_size, 2 * page_size), page_size);
      CHECK(known(trees).size() == 1);
      event::RamPage delta = page_of(bytes, page_size, 0);
      delta.kind = event::RamPageKind::xbzrle;
      trees.note(delta, page_size);
    }
    CHECK(are_lost(trees) == is_delta);
    if (!is_delta) CHECK(known(trees).empty());
  }
  // Another block's pages, and places where no tree is looked for.
  RamTrees trees;
  note_all(trees, bytes, page_size);
  CHECK(known(trees).empty());
  note_all(trees, bytes, 0);
  event::RamPage other = page_of(bytes, 0, page_size);
  other.block = 1;
  trees.note(other, page_size);
  CHECK(known(trees).size() == 1);
}

TEST_CASE("of more trees in RAM than are kept none is known") {
  Bytes bytes = tree_of("( ) .");
  bytes.resize(page_size);
  RamTrees trees;
  for (std::uint64_t i = 0; i < most_trees; ++i) note_all(trees, bytes, i * tree_alignment);
  CHECK(known(trees).size() == most_trees);
  note_all(trees, bytes, most_trees * tree_alignment);
  CHECK(are_lost(trees));
}

TEST_CASE("trees in RAM that claim much are kept up to a size of all") {
  Bytes claim = tree_of("( ) . [1]=100000 [8]=f0000");
  claim.resize(page_size);
  RamTrees trees;
  for (std::uint64_t i = 0; i < 4; ++i) note_all(trees, claim, i * tree_alignment);
  Bytes sound = tree_of("( ) .");
  sound.resize(page_size);
  note_all(trees, sound, 4 * tree_alignment);
  CHECK(known(trees).size() == 1);
  note_all(trees, claim, 5 * tree_alignment);
  CHECK(are_lost(trees));
}

TEST_CASE("trees in RAM that are sent over one another again and again are no longer looked at") {
  Bytes small = tree_of("( ) ."), large = tree_of("( ) . [1]=100000 [8]=f0000");
  small.resize(page_size);
  large.resize(page_size);
  RamTrees trees;
  for (std::size_t i = 0; i <= most_begun; ++i) note_all(trees, i % 2 == 0 ? small : large, 0);
  CHECK(are_lost(trees));
}
