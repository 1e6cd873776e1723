// SPDX-License-Identifier: LGPL-2.1-or-later
#include "convert.hpp"

#include "../report.hpp"

#include <qember/advanced/io/file_checks.hpp>
#include <qember/advanced/io/output_file.hpp>

namespace qember::cli {

void ConvertOptions::add_to(CLI::App& verb) {
  verb.add_option("IN", input, "The stream to read; - is standard input")->capture_default_str();
  verb.add_option("-o,--output", output, "Where to write; - is standard output")
      ->type_name("FILE")
      ->capture_default_str();
  add_force(verb, force);
  read.add_to(verb);
}

namespace {

/// What is read is read once, and never written to.
Status check_files(const ConvertOptions& options) {
  std::vector<std::string> inputs = options.read.channels();
  inputs.push_back(options.input);
  for (const std::string& input : inputs)
    if (auto status = io::check_not_input(options.output, input); !status) return status;
  return io::check_read_once(inputs);
}

}  // namespace

Status convert_stream(io::ByteSource& source, const vm::Drain& drain, const vm::ConvertOptions& with) {
  return vm::convert(source, drain, with);
}

int convert(const ConvertOptions& options, vm::ConvertOptions with, const Conversion& conversion) {
  if (auto status = check_files(options); !status) return fail(options.output, status.error());
  auto file = io::OutputFile::open(options.output, options.force);
  if (!file) return fail(options.output, file.error());
  auto source = open_input(options.input);
  if (!source) return fail(options.input, source.error());
  Place place(options.input);
  with.read = noted(place, options.read.stream_options());
  const auto drain = [&file](io::Output& output) { return file->drain(output); };
  if (auto status = conversion(**source, drain, with); !status) return fail(place, status.error());
  if (auto status = file->commit(); !status) return fail(options.output, status.error());
  return exit_ok;
}

}  // namespace qember::cli
