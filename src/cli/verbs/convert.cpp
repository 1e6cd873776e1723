// SPDX-License-Identifier: LGPL-2.1-or-later
#include "convert.hpp"

#include "../input_files.hpp"
#include "../report.hpp"

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

Status convert_stream(io::ByteSource& source, const vm::Drain& drain, const vm::ConvertOptions& with) {
  return vm::convert(source, drain, with);
}

int convert(const ConvertOptions& options, vm::ConvertOptions with, const Conversion& conversion) {
  if (auto status = check_files(options.read.inputs(options.input), options.output); !status)
    return fail(options.output, status.error());
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
