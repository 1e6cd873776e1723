// SPDX-License-Identifier: LGPL-2.1-or-later
#include "extracted_core.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

namespace qember::test {

Extracted extract(const Bytes& stream, const Arguments& more) {
  const Scratch scratch;
  const std::string core = scratch.path("core");
  Arguments arguments{"extract", "-", "--elf", core};
  arguments.insert(arguments.end(), more.begin(), more.end());
  Extracted extracted{run(arguments, stream), {}, {}, {}, std::filesystem::exists(core)};
  if (!extracted.made) return extracted;
  // What is large is a hole.
  shell("head -c 4259840 " + core + " > " + core + ".head");
  Core read(read_file(core + ".head"));
  extracted.loads = read.loads;
  extracted.notes = read.notes;
  read.file.resize(memory + 0x10000);
  extracted.head.assign(read.file.begin() + memory, read.file.end());
  return extracted;
}

Loads in_one(std::uint64_t ram) {
  return {{memory, 0, 0, 0x100000}, {memory + 0x100000, 0x100000, 0x100000, ram - 0x100000}};
}
Loads in_two(std::uint64_t ram, std::uint64_t split, std::uint64_t above) {
  Loads loads = in_one(split);
  loads.push_back({memory + split, above, above, ram - split});
  return loads;
}

void refused(const Extracted& extracted, const std::string& part, int code) {
  INFO(extracted.ran.error);
  CHECK(extracted.ran.code == code);
  CHECK_FALSE(extracted.made);
  CHECK(extracted.ran.error.find(part) != std::string::npos);
}

}  // namespace qember::test
