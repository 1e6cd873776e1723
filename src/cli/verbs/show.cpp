// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../input_files.hpp"
#include "../render/pager.hpp"
#include "../render/show_output.hpp"
#include "../report.hpp"
#include "verb.hpp"

#include <qember/advanced/event/pump.hpp>

namespace qember::cli {
namespace {

struct ShowOptions {
  std::string file = "-";
  std::vector<std::string> devices;
  std::string field;
  bool json = false;
  bool offsets = false;
  ColorOption color;
  ReadOptions read;
};

int show(const ShowOptions& options) {
  if (auto status = check_files(options.read.inputs(options.file)); !status)
    return fail("show", status.error());
  Lines lines(!options.json);
  vm::StreamOptions stream_options = options.read.stream_options();
  stream_options.before_wait = [&lines] { return lines.flush(); };
  Place place(options.file);
  auto stream = open_stream(place, stream_options);
  if (!stream) return fail(place, stream.error());
  const ber::Schema& schema = (*stream)->wire_format().schema();
  const auto out = options.json ? make_show_json(lines, options.offsets, schema)
                                : make_show_tree(lines, options.color.style(), options.offsets, schema);
  const bool is_selective = !options.devices.empty() || !options.field.empty();
  const auto vm = is_selective ? open_one_file(options.file, options.read) : std::nullopt;
  if (vm && vm::walk_from_end(*vm, *out, options.devices, options.field)) return lines.finish(exit_ok);
  vm::SectionWalk walk(**stream, stream_options.limits, *out, options.devices, options.field);
  const Status status = event::pump(**stream, walk);
  if (!status) walk.finish();
  if (auto written = lines.flush(); !written) return fail("-", written.error());
  if (!status) return fail(place, status.error());
  const Status missed = walk.missed();
  return missed ? exit_ok : fail(place, missed.error());
}

}  // namespace

void add_show(CLI::App& app, Action& action) {
  auto [verb, options] =
      add_verb(app, action, "show", "Show sections and devices, every field by its name", show);
  add_file(verb, options.file);
  add_devices(verb, options.devices, "Only these sections: NAME or NAME/INSTANCE, with * and ?");
  verb.add_option("--field", options.field,
                  "Only the fields at or below a path such as env.regs[3], or a register such as rip")
      ->type_name("[DEVICE:]FIELD");
  verb.add_flag("--json", options.json, "A JSON object a line");
  verb.add_flag("--offsets", options.offsets,
                "Where sections are in the file, and fields in their section, in hexadecimal");
  options.color.add_to(verb);
  add_pager(verb);
  options.read.add_to(verb);
}

}  // namespace qember::cli
