// SPDX-License-Identifier: LGPL-2.1-or-later
// What `mount` gives out: all of it can be read, or is refused, and names are none of directories'.
#include "../../src/cli/guest_tree.hpp"
#include "fuzz.hpp"

#include <qember/advanced/io/memory_source.hpp>

namespace qember::fuzz {

const Mutate structure = mutate_stream;

namespace {

/// Some bytes at each end: a stream may claim any size.
void read_some_of(io::ByteSource& file) {
  const auto size = file.size();
  require(size.has_value(), "a file has a size");
  Bytes bytes(std::size_t{64} << 10U);
  const std::uint64_t last = *size - std::min<std::uint64_t>(*size, bytes.size());
  for (const std::uint64_t at : {std::uint64_t{0}, std::uint64_t{4} << 20U, last}) {
    const auto count = file.read_at(at, bytes);
    const std::uint64_t there = at < *size ? std::min<std::uint64_t>(*size - at, bytes.size()) : 0;
    require(!count || *count == there, "a file is as long as its size says");
  }
}

}  // namespace

void fuzz(ByteView in) {
  const auto vm = vm::SavedVm::open(in);
  if (!vm) return;
  const auto tree = cli::make_guest_tree(*vm, {"fuzz", true});
  if (!tree) return;
  std::vector<std::string> directories{""};
  while (!directories.empty()) {
    const std::string directory = std::move(directories.back());
    directories.pop_back();
    for (const std::string& name : tree->files.names_in(directory)) {
      require(!name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
                  name.size() <= 255,
              "a name is one of a file");
      const std::string path = directory.empty() ? name : directory + "/" + name;
      if (tree->files.is_directory(path))
        directories.push_back(path);
      else
        read_some_of(*tree->files.find(path));
    }
  }
}

}  // namespace qember::fuzz
