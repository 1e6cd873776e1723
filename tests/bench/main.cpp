// SPDX-License-Identifier: LGPL-2.1-or-later
/// qember_bench --stream FILE [--size BYTES] [--benchmark_filter=REGEX] [--benchmark_out=FILE.json]
///
/// FILE is a native stream. Where it is smaller than BYTES, its rounds after the first are repeated.
#include "benchmarks.hpp"
#include "duel.hpp"
#include "material.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  CLI::App app("Times qember beside its peers");
  std::string stream;
  std::uint64_t bytes = 0;
  app.add_option("--stream", stream, "a native stream")->check(CLI::ExistingFile)->required();
  app.add_option("--size", bytes, "repeat its rounds after the first up to this size")
      ->transform(CLI::AsSizeValue(false));
  CLI11_PARSE(app, argc, argv);

  const qember::bench::Material material(stream, bytes);
  qember::bench::add_pages(material);
  qember::bench::add_commands(material);
  qember::bench::add_kernels();
  qember::bench::Table table;
  benchmark::RunSpecifiedBenchmarks(&table);
  qember::bench::print_sizes(material);
  return 0;
}
