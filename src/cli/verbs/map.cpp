// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../input_files.hpp"
#include "../output.hpp"
#include "../render/map_svg.hpp"
#include "../render/map_text.hpp"
#include "../render/pager.hpp"
#include "verb.hpp"

#include <qember/advanced/event/pump.hpp>
#include <qember/advanced/io/fd.hpp>
#include <qember/advanced/io/output_file.hpp>
#include <qember/advanced/vm/ram_presence.hpp>

#include <fmt/format.h>

#include <filesystem>

namespace qember::cli {
namespace {

struct MapOptions {
  std::string file = "-";
  std::optional<std::string> svg;
  bool force = false;
  ColorOption color;
  ReadOptions read;
};

Status write_svg(const std::string& path, const std::string& svg, bool force) {
  auto output = io::OutputFile::open(path, force);
  if (!output) return std::move(output.error());
  if (auto status = io::write_all(output->fd(), as_bytes(svg), path); !status) return status;
  return output->commit();
}

Status read_all(vm::OpenedStream& stream, vm::PageMap& map) {
  if (auto status = event::pump(stream, map); !status) return status;
  return vm::check_included(map.sent_elsewhere());
}

/// Of a stream with a fault, the text shows what came before it; a drawing is made of whole streams alone.
int map(const MapOptions& options) {
  if (auto status = check_files(options.read.inputs(options.file), options.svg.value_or("")); !status)
    return fail(options.svg.value_or("map"), status.error());
  vm::StreamOptions stream_options = options.read.stream_options();
  stream_options.reorder = false;
  Place place(options.file);
  auto stream = open_stream(place, stream_options);
  if (!stream) return fail(place, stream.error());
  vm::PageMap map(**stream, stream_options.limits);
  const Status read = read_all(**stream, map);
  if (options.svg && !read) return fail(place, read.error());
  const std::string name = std::filesystem::path(options.file).filename().string();
  const std::string title = options.file == "-" ? "standard input" : name;
  if (options.svg) {
    const Status written = write_svg(*options.svg, map_svg(map, title), options.force);
    return written ? exit_ok : fail(*options.svg, written.error());
  }
  Lines out(true);
  out.write(map_text(map, title, text_style(options.color.style())));
  const ExitCode written = out.finish(exit_ok);
  return read ? written : worse(written, fail(place, read.error()));
}

}  // namespace

void add_map(CLI::App& app, Action& action) {
  auto [verb, options] =
      add_verb(app, action, "map", "A picture of what a stream sent of each RAM block, and how often", map);
  add_file(verb, options.file);
  verb.add_option("--svg", options.svg, "Draw into this file; - is standard output")->type_name("FILE");
  add_force(verb, options.force);
  options.color.add_to(verb);
  add_pager(verb);
  options.read.add_to(verb);
}

}  // namespace qember::cli
