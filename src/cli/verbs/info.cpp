// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/preflight.hpp>
#include "../common_options.hpp"
#include "../output.hpp"
#include "../render/contents.hpp"
#include "../render/json_items.hpp"
#include "../render/obstacles.hpp"
#include "../render/style.hpp"
#include "../report.hpp"
#include "verbs.hpp"

#include <qember/advanced/asn1/types.hpp>
#include <qember/advanced/io/file_checks.hpp>
#include <qember/advanced/vm/summary.hpp>

#include <qember/advanced/event/pump.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

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
  ReadOptions read;
};

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

std::size_t count(const Summary& summary, DeviceTyping state) {
  return static_cast<std::size_t>(std::ranges::count(summary.devices, state, &vm::DeviceSummary::state));
}

std::string_view name_of(DeviceTyping state) {
  switch (state) {
    case DeviceTyping::typed: return "typed";
    case DeviceTyping::opaque: return "opaque";
    case DeviceTyping::early: return "early";
    case DeviceTyping::undescribed: return "undescribed";
    case DeviceTyping::fallback: return "fallback";
  }
  return {};
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

Json to_json(const Summary& summary, vm::Format format, std::string_view fingerprint,
             std::uint64_t bytes_in) {
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
  const auto known = static_cast<std::int64_t>(summary.ram_bytes + summary.device_bytes);
  return {{"schema", 1},
          {"format", format == vm::Format::ber ? "ber" : "native"},
          {"complete", summary.complete},
          {"machine", or_null(summary.machine)},
          {"page_size", or_null(summary.page_size)},
          {"blocks", std::move(blocks)},
          {"pages",
           {{"zero", summary.zero},
            {"full", summary.full},
            {"xbzrle", summary.xbzrle},
            {"compressed", summary.compressed},
            {"hook", summary.hook}}},
          {"sections",
           {{"total", summary.sections},
            {"typed", count(summary, DeviceTyping::typed)},
            {"opaque", count(summary, DeviceTyping::opaque)},
            {"early", count(summary, DeviceTyping::early)},
            {"undescribed", count(summary, DeviceTyping::undescribed)},
            {"fallback", std::move(fallback)}}},
          {"bytes",
           {{"in", bytes_in},
            {"ram", summary.ram_bytes},
            {"device", summary.device_bytes},
            {"overhead", static_cast<std::int64_t>(bytes_in) - known}}},
          {"device_bytes", {{"typed", summary.typed_bytes}, {"untyped", summary.untyped_bytes}}},
          {"layouts", layouts_json(summary)},
          {"capabilities", summary.capabilities},
          {"rounds", summary.rounds},
          {"footers", or_null(summary.footers)},
          {"description", summary.described},
          {"schema_fingerprint", fingerprint},
          {"ram_sent_elsewhere", summary.ram_sent_elsewhere},
          {"rounds_exact", summary.rounds_exact}};
}

/// Bytes as people say them.
std::string size_text(std::uint64_t bytes) {
  constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < units.size(); ++unit) value /= 1024;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, units[unit]);
}

std::string share_text(const Summary& summary) {
  std::uint64_t untyped = 0;
  std::string reasons;
  for (const auto& [type, bytes] : summary.untyped_bytes) {
    untyped += bytes;
    reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", type, size_text(bytes));
  }
  const std::uint64_t all = summary.typed_bytes + untyped;
  if (all == 0) return "none";
  const double share = 100.0 * static_cast<double>(summary.typed_bytes) / static_cast<double>(all);
  return fmt::format("{:.1f} % typed of {}{}{}", share, size_text(all),
                     reasons.empty() ? "" : "; not: ", reasons);
}

/// What is in buffers of one type.
std::string layout_text(const std::string& type, const vm::LayoutShare& share) {
  std::string text = fmt::format("{} of {}: {}, {} typed", share.count, type, size_text(share.bytes),
                                 size_text(share.typed_bytes));
  if (share.unfit != 0) text += fmt::format("; {} not: {}", share.unfit, share.reason);
  return text;
}

void print_text(Lines& out, const Summary& summary, vm::Format format, std::string_view fingerprint,
                std::uint64_t bytes_in) {
  const auto row = [&out](std::string_view name, const std::string& value) { print_row(out, name, value); };
  row("format", format == vm::Format::ber ? "BER" : "QEMU's native stream");
  row("schema", std::string(fingerprint));
  row("complete", summary.complete ? "yes" : "no");
  if (summary.ram_sent_elsewhere) row("", "its RAM went over other connections (multifd)");
  row("machine", summary.machine.value_or("unknown"));
  row("page size", summary.page_size ? fmt::to_string(*summary.page_size) : "unknown");
  if (!summary.capabilities.empty())
    row("capabilities", fmt::format("{}", fmt::join(summary.capabilities, ", ")));
  row("RAM", fmt::format("{} in {} blocks", size_text(summary.ram_total), summary.blocks.size()));
  for (const auto& block : summary.blocks)
    row("", fmt::format("{:>12}  {}", size_text(block.length), block.name));
  row("pages", fmt::format("{} zero, {} full, {} xbzrle, {} compressed, {} hook, in {}{} rounds",
                           summary.zero, summary.full, summary.xbzrle, summary.compressed, summary.hook,
                           summary.rounds_exact ? "" : "about ", summary.rounds));
  row("sections",
      fmt::format("{} with {} of devices: {} typed, {} opaque, {} early, {} undescribed, {} fallback",
                  summary.sections, summary.devices.size(), count(summary, DeviceTyping::typed),
                  count(summary, DeviceTyping::opaque), count(summary, DeviceTyping::early),
                  count(summary, DeviceTyping::undescribed), count(summary, DeviceTyping::fallback)));
  for (const auto& device : summary.devices)
    if (device.state == DeviceTyping::fallback)
      row("", fmt::format("{}/{}: {}", device.name, device.instance, device.reason));
  row("device state", share_text(summary));
  for (const auto& [type, share] : summary.layouts) row("", layout_text(type, share));
  row("footers", !summary.footers ? "unknown" : *summary.footers ? "yes" : "no");
  row("description", summary.described ? "yes" : "no");
  const auto known = static_cast<std::int64_t>(summary.ram_bytes + summary.device_bytes);
  row("bytes", fmt::format("{} in: {} ram, {} device, {} overhead", bytes_in, summary.ram_bytes,
                           summary.device_bytes, static_cast<std::int64_t>(bytes_in) - known));
}

/// What could be learnt of a stream, up to an error where there is one.
struct Survey {
  vm::Format format = vm::Format::native;
  std::string_view fingerprint = asn1::schema().fingerprint;  ///< of the schema that it is read by
  Summary summary;
  vm::MachineState machine;  ///< where it is compared
  std::uint64_t bytes_in = 0;
  std::optional<Error> error;
  Place place{""};
};

/// What is asked of a stream.
struct Wants {
  bool summary = false;
  bool machine = false;
};

Result<Survey> survey(const std::string& file, const vm::StreamOptions& options, Wants wants) {
  auto stream = open_stream(file, options);
  if (!stream) return std::move(stream.error());
  vm::Census census(**stream, options.limits);
  vm::MachineReader machine(**stream, options.limits);
  std::vector<event::Sink*> sinks;
  if (wants.summary) sinks.push_back(&census);
  if (wants.machine) sinks.push_back(&machine);
  Survey found;
  if (options.format != nullptr) found.fingerprint = options.format->schema().fingerprint;
  if (auto status = event::pump(**stream, sinks); !status) found.error = std::move(status.error());
  if (!found.error) found.machine = machine.take_state();
  found.format = (*stream)->format();
  found.summary = census.take_summary();
  // Up to what was refused, however much more is there; all of a stream that ends early.
  const io::Input& input = (*stream)->input();
  const bool is_cut = found.error && found.error->code == Errc::truncated;
  const bool is_placed = found.error && !found.error->in_container && found.error->code != Errc::io;
  found.bytes_in = is_cut      ? input.received()
                   : is_placed ? found.error->offset - input.base()
                               : input.position();
  found.place = Place(file, **stream);
  return found;
}

/// All but the closing brace.
void print_json(Lines& out, const Survey& found) {
  const std::string head =
      text_of(to_json(found.summary, found.format, found.fingerprint, found.bytes_in), 2);
  out.write(head.substr(0, head.rfind('\n')));
  JsonItems devices(out, "devices");
  for (const auto& device : found.summary.devices)
    devices.add({{"name", device.name},
                 {"instance", device.instance},
                 {"version", device.version},
                 {"bytes", device.bytes},
                 {"state", name_of(device.state)}});
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
  const std::array inputs{options.file, options.against};
  if (auto status = io::check_read_once(inputs); !status) return fail("info", status.error());
  Lines out;
  vm::StreamOptions stream_options = options.read.stream_options();
  stream_options.skims_pages = true;
  std::shared_ptr<const container::Contents> contents;
  stream_options.on_contents = [&contents](const auto& found) { contents = found; };
  auto found = survey(options.file, stream_options, {true, !options.against.empty()});
  if (!found) return print_contents_alone(out, options, contents.get(), found.error());
  if (options.json) {
    print_json(out, *found);
    print_contents_json(out, *contents);
  } else {
    print_contents(out, *contents);
    print_text(out, found->summary, found->format, found->fingerprint, found->bytes_in);
  }
  found->summary = {};
  ExitCode result = exit_ok;
  stream_options.on_contents = {};
  stream_options.snapshot = {};
  stream_options.offset = {};
  if (!options.against.empty()) {
    const auto other = survey(options.against, stream_options, {false, true});
    if (!other) return out.finish(fail(options.against, other.error()));
    // Of a part nothing is certain.
    if (other->error)
      result = fail(other->place, *other->error);
    else if (!found->error)
      result = print_obstacles(out, found->machine, other->machine, {}, options.json ? "against" : "",
                               options.against)
                   .code(false);
  }
  if (options.json) out.write("\n}\n");
  result = out.finish(result);
  return found->error ? worse(result, fail(found->place, *found->error)) : result;
}

}  // namespace

void add_info(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("info", "What is in a stream");
  auto options = std::make_shared<InfoOptions>();
  verb->add_option("FILE", options->file, "The stream; - is standard input")->required();
  verb->add_flag("--json", options->json, "As one JSON object");
  verb->add_flag("--xml", options->xml, "Print the XML and the cookie of a libvirt save, and nothing else");
  verb->add_option("--against", options->against,
                   "A stream of the machine that is to take this one: say what would make it refuse, exit 1")
      ->type_name("FILE");
  options->read.add_to(*verb);
  verb->callback([&action, options] { action = [options] { return info(*options); }; });
}

}  // namespace qember::cli
