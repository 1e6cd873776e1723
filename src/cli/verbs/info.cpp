// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../input_files.hpp"
#include "../output.hpp"
#include "../render/contents.hpp"
#include "../render/info_text.hpp"
#include "../render/json_items.hpp"
#include "../render/obstacles.hpp"
#include "../render/pager.hpp"
#include "../report.hpp"
#include "verb.hpp"

#include <qember/advanced/asn1/types.hpp>
#include <qember/advanced/vm/saved_vm.hpp>
#include <qember/advanced/vm/survey.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace qember::cli {
namespace {

using Json = nlohmann::ordered_json;
using vm::DeviceTyping;
using vm::Summary;

struct InfoOptions {
  std::string file = "-";
  std::string against;
  bool json = false;
  bool xml = false;
  PlaceOptions place;
  ReadOptions read;
};

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json layouts_json(const Summary& summary) {
  Json layouts = Json::object();
  for (const auto& [type, share] : summary.layouts) {
    Json& each = layouts[type];
    each = {{"count", share.count}, {"bytes", share.bytes}, {"typed", share.typed_bytes}};
    if (share.unfit != 0) each.update({{"unfit", share.unfit}, {"reason", share.reason}});
  }
  return layouts;
}

/// What was found in a stream, and how it is spoken of.
struct Found {
  vm::Survey survey;
  vm::Format format;
  std::string_view fingerprint;  ///< of the schema that it is read by
  Place place;
};

/// Null, or empty, for what is not known.
Json guest_json(const vm::GuestFacts& guest) {
  Json kernels = Json::array();
  for (const vm::KernelNote& kernel : guest.kernels)
    kernels.push_back({{"release", kernel.release}, {"kaslr_offset", or_null(kernel.offset)}});
  const auto word = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
  return {{"cpus", or_null(guest.cpus)},        {"architecture", word(guest.architecture)},
          {"run_state", word(guest.run_state)}, {"clock_ns", or_null(guest.clock)},
          {"kernels", std::move(kernels)},      {"kernels_complete", !guest.has_more_kernels}};
}

Json to_json(const Found& found) {
  const Summary& summary = found.survey.summary;
  Json blocks = Json::array();
  for (const auto& block : summary.blocks) {
    Json entry{{"name", block.name}, {"length", block.length}};
    if (block.page_size) entry["page_size"] = *block.page_size;
    if (block.address) entry["address"] = *block.address;
    blocks.push_back(std::move(entry));
  }
  Json fallback = Json::array();
  for (const auto& device : summary.devices) {
    if (device.state == DeviceTyping::fallback)
      fallback.push_back({{"name", device.name}, {"instance", device.instance}, {"reason", device.reason}});
  }
  const auto known = static_cast<std::int64_t>(summary.pages.bytes + summary.device_bytes);
  return {{"schema", 1},
          {"format", found.format == vm::Format::ber ? "ber" : "native"},
          {"complete", summary.complete},
          {"machine", or_null(summary.machine)},
          {"page_size", or_null(summary.page_size)},
          {"blocks", std::move(blocks)},
          {"pages",
           {{"zero", summary.pages.zero},
            {"full", summary.pages.full},
            {"xbzrle", summary.pages.xbzrle},
            {"compressed", summary.pages.compressed},
            {"hook", summary.hook}}},
          {"sections",
           {{"total", summary.sections},
            {"typed", summary.count(DeviceTyping::typed)},
            {"opaque", summary.count(DeviceTyping::opaque)},
            {"early", summary.count(DeviceTyping::early)},
            {"undescribed", summary.count(DeviceTyping::undescribed)},
            {"fallback", std::move(fallback)}}},
          {"bytes",
           {{"in", found.survey.bytes_in},
            {"ram", summary.pages.bytes},
            {"device", summary.device_bytes},
            {"overhead", static_cast<std::int64_t>(found.survey.bytes_in) - known}}},
          {"device_bytes", {{"typed", summary.typed_bytes}, {"untyped", summary.untyped_bytes}}},
          {"layouts", layouts_json(summary)},
          {"capabilities", summary.capabilities},
          {"rounds", summary.rounds},
          {"footers", or_null(summary.footers)},
          {"description", summary.described},
          {"schema_fingerprint", found.fingerprint},
          {"ram_sent_elsewhere", summary.ram_sent_elsewhere},
          {"rounds_exact", summary.rounds_exact},
          {"guest", guest_json(found.survey.guest)}};
}

/// The layout of RAM by the few pages that it takes, of a stream that was read without them. Where they can't
/// be read, what they would tell stays unknown.
void lay_out_by_pages(const vm::OpenedStream& stream, const vm::StreamOptions& options,
                      const PlaceOptions& told, vm::RamLayout& layout) {
  auto with = vm::SavedVmOptions::of(options);
  told.apply_to(with);
  const auto vm = vm::SavedVm::open(stream.bytes(), with);
  if (!vm) return;
  if (const auto found = vm->memory().layout()) layout = **found;
}

/// `told`: what is told of the layout of RAM, where that is asked for too.
Result<Found> survey(const std::string& file, const vm::StreamOptions& options, vm::SurveyWants wants,
                     const PlaceOptions* told) {
  Place place(file);
  auto stream = open_stream(place, options);
  if (!stream) return std::move(stream.error());
  if (told != nullptr) wants.layout = told->layout_options((*stream)->contents());
  auto survey = vm::survey(**stream, options.limits, std::move(wants));
  if (!survey) return std::move(survey.error());
  if (told != nullptr && !survey->error && (*stream)->skims_pages() && (*stream)->bytes().is_seekable())
    lay_out_by_pages(**stream, options, *told, survey->layout);
  return Found{std::move(*survey), (*stream)->format(), (*stream)->wire_format().schema().fingerprint,
               std::move(place)};
}

void print_layout_json(Lines& out, const vm::Survey& found) {
  const auto& blocks = found.summary.blocks;
  {
    JsonItems placed(out, "layout");
    for (const vm::PlacedRam& piece : found.layout.placed)
      placed.add({{"block", blocks[piece.block].name},
                  {"offset", piece.offset},
                  {"address", piece.address},
                  {"size", piece.size},
                  {"source", name_of(piece.source)}});
  }
  JsonItems unplaced(out, "unplaced");
  for (const vm::UnplacedRam& each : found.layout.unplaced) {
    Json entry{{"block", blocks[each.block].name}, {"ram", each.is_ram}};
    if (each.is_ram) entry.update({{"expected", each.expected}, {"found", each.found}});
    unplaced.add(entry);
  }
}

/// All but the closing brace.
void print_json(Lines& out, const Found& found) {
  const std::string head = text_of(to_json(found), 2);
  out.write(head.substr(0, head.rfind('\n')));
  JsonItems devices(out, "devices");
  for (const auto& device : found.survey.summary.devices)
    devices.add({{"name", device.name},
                 {"instance", device.instance},
                 {"version", device.version},
                 {"bytes", device.bytes},
                 {"state", vm::name_of(device.state)}});
}

/// Prints the XML and the cookie of a libvirt save as they are in it, whatever stream follows.
ExitCode print_xml(const InfoOptions& options) {
  Lines out;
  std::optional<Status> printed;
  vm::StreamOptions stream_options = options.read.stream_options();
  stream_options.on_contents = [&](const auto& contents) {
    if (contents->libvirt && contents->libvirt->version != 0) printed = print_texts(out, *contents->libvirt);
  };
  const auto stream = vm::OpenedStream::open(options.file, stream_options);
  if (printed) return *printed ? out.finish(exit_ok) : fail(options.file, printed->error());
  if (!stream) return fail(options.file, stream.error());
  return fail(options.file, {Errc::usage, 0, "info", "a libvirt save for --xml", "something else"});
}

/// A list of snapshots is an answer, where no one of them was asked for.
bool is_list_asked_for(const container::Contents& contents, const InfoOptions& options, const Error& error) {
  return contents.qcow2 && error.code == Errc::usage && options.read.snapshot().empty() &&
         options.against.empty();
}

/// There is no stream to tell of, but what the file holds may have been found.
ExitCode print_contents_alone(Lines& out, const InfoOptions& options, const container::Contents* contents,
                              const Error& error) {
  if (contents == nullptr) return fail(options.file, error);
  if (options.json && !contents->way.empty()) {
    out.write("{\n  \"schema\": 1");
    print_contents_json(out, *contents);
    out.write("\n}\n");
  } else if (!options.json) {
    print_contents(out, *contents);
  }
  if (is_list_asked_for(*contents, options, error)) return out.finish(exit_ok);
  const ExitCode result = out.finish(exit_ok);
  return worse(result, fail(options.file, error));
}

int info(const InfoOptions& options) {
  if (options.xml) return print_xml(options);
  std::vector<std::string> inputs = options.read.inputs(options.file);
  if (!options.against.empty()) inputs.push_back(options.against);
  if (auto status = check_files(inputs); !status) return fail("info", status.error());
  Lines out(!options.json);
  vm::StreamOptions stream_options = options.read.stream_options();
  stream_options.skims_pages = true;
  std::shared_ptr<const container::Contents> contents;
  stream_options.on_contents = [&contents](const auto& found) { contents = found; };
  auto found = survey(options.file, stream_options, {true, !options.against.empty()}, &options.place);
  if (!found) return print_contents_alone(out, options, contents.get(), found.error());
  if (options.json) {
    print_json(out, *found);
    print_layout_json(out, found->survey);
    print_contents_json(out, *contents);
  } else {
    print_contents(out, *contents);
    print_info(out, found->survey, found->format, found->fingerprint);
  }
  found->survey.summary = {};
  ExitCode result = exit_ok;
  if (!options.against.empty()) {
    stream_options = options.read.options_for_another();
    stream_options.skims_pages = true;
    const auto other = survey(options.against, stream_options, {false, true}, nullptr);
    // Of a part nothing is certain.
    if (!other)
      result = fail(options.against, other.error());
    else if (other->survey.error)
      result = fail(other->place, *other->survey.error);
    else if (!found->survey.error)
      result = code_of(print_obstacles(out, found->survey.machine, other->survey.machine, {},
                                       options.json ? "against" : "", options.against),
                       false);
  }
  if (options.json) out.write("\n}\n");
  result = out.finish(result);
  return found->survey.error ? worse(result, fail(found->place, *found->survey.error)) : result;
}

}  // namespace

void add_info(CLI::App& app, Action& action) {
  auto [verb, options] = add_verb(app, action, "info", "What is in a stream", info);
  add_file(verb, options.file);
  verb.add_flag("--json", options.json, "As one JSON object");
  verb.add_flag("--xml", options.xml, "Print the XML and the cookie of a libvirt save, and nothing else");
  verb.add_option("--against", options.against,
                  "A stream of the machine that is to take this one: say what would make it refuse, exit 1")
      ->type_name("FILE");
  options.place.add_to(verb);
  add_pager(verb);
  options.read.add_to(verb);
}

}  // namespace qember::cli
