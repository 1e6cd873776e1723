// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuzz.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#ifdef QEMBER_FUZZ

extern "C" {

std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t room);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  qember::fuzz::fuzz({data, size});
  return 0;
}

std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t room, unsigned seed) {
  qember::fuzz::Random random(seed);
  if (qember::fuzz::structure == nullptr || random() % 3 == 0) return LLVMFuzzerMutate(data, size, room);
  const qember::Bytes mutant = qember::fuzz::structure({data, size}, random);
  std::copy_n(mutant.begin(), std::min(mutant.size(), room), data);
  return std::min(mutant.size(), room);
}
}

#else

namespace {

namespace fs = std::filesystem;

qember::Bytes load(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) std::exit(1);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Runs the target, and has what it is given in the file that QEMBER_FUZZ_KEEP names, for whom it ends.
void try_input(const qember::Bytes& in) {
  if (const char* const kept = std::getenv("QEMBER_FUZZ_KEEP"); kept != nullptr)
    std::ofstream(kept, std::ios::binary) << qember::as_text(in);
  qember::fuzz::fuzz(in);
}

/// Where an input ends the process, its name is the last thing said.
void replay(const fs::path& path, unsigned mutants) {
  std::printf("%s\n", path.c_str());
  std::fflush(stdout);
  const qember::Bytes in = load(path);
  try_input(in);
  qember::fuzz::Random random(20260101);
  qember::Bytes mutant = in;
  for (unsigned i = 0; i < mutants; ++i) {
    const auto mutate = i % 3 == 0 || qember::fuzz::structure == nullptr ? qember::fuzz::mutate_bytes
                                                                         : qember::fuzz::structure;
    mutant = mutate(i % 4 == 0 ? in : mutant, random);
    try_input(mutant);
  }
}

}  // namespace

/// usage: PROGRAM MUTANTS FILE-OR-DIRECTORY...
int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const auto mutants = static_cast<unsigned>(std::strtoul(argv[1], nullptr, 10));
  std::size_t count = 0;
  for (const fs::path path : std::span(argv + 2, static_cast<std::size_t>(argc) - 2)) {
    std::vector<fs::path> files;
    if (!fs::is_directory(path))
      files.push_back(path);
    else
      for (const auto& entry : fs::directory_iterator(path)) files.push_back(entry.path());
    std::ranges::sort(files);
    for (const fs::path& file : files) replay(file, mutants);
    count += files.size();
  }
  std::printf("%zu inputs\n", count);
  return count == 0 ? 1 : 0;
}

#endif
