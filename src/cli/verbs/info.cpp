// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/vm/preflight.hpp>
#include "../common_options.hpp"
#include "../output.hpp"
#include "../render/style.hpp"
#include "verbs.hpp"

#include <qember/asn1/types.hpp>
#include <qember/io/file_checks.hpp>
#include <qember/vm/summary.hpp>

#include <qember/event/pump.hpp>

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

Json to_json(const Summary& summary, vm::Format format, std::uint64_t octets_in) {
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
  const auto known = static_cast<std::int64_t>(summary.ram_octets + summary.device_octets);
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
           {{"in", octets_in},
            {"ram", summary.ram_octets},
            {"device", summary.device_octets},
            {"overhead", static_cast<std::int64_t>(octets_in) - known}}},
          {"device_bytes", {{"typed", summary.typed_octets}, {"untyped", summary.untyped_octets}}},
          {"capabilities", summary.capabilities},
          {"rounds", summary.rounds},
          {"footers", or_null(summary.footers)},
          {"description", summary.described},
          {"schema_fingerprint", asn1::schema().fingerprint},
          {"ram_sent_elsewhere", summary.ram_sent_elsewhere},
          {"rounds_exact", summary.rounds_exact}};
}

/// Bytes as people say them.
std::string size_text(std::uint64_t octets) {
  constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  auto value = static_cast<double>(octets);
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < units.size(); ++unit) value /= 1024;
  return unit == 0 ? fmt::format("{} B", octets) : fmt::format("{:.1f} {}", value, units[unit]);
}

std::string share_text(const Summary& summary) {
  std::uint64_t untyped = 0;
  std::string reasons;
  for (const auto& [type, octets] : summary.untyped_octets) {
    untyped += octets;
    reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", type, size_text(octets));
  }
  const std::uint64_t all = summary.typed_octets + untyped;
  if (all == 0) return "none";
  const double share = 100.0 * static_cast<double>(summary.typed_octets) / static_cast<double>(all);
  return fmt::format("{:.1f} % typed of {}{}{}", share, size_text(all),
                     reasons.empty() ? "" : "; not: ", reasons);
}

/// A line of the text, whatever names are in it.
void print_row(Lines& out, std::string_view name, const std::string& value) {
  out.write(fmt::format("{:<13}{}\n", name, printable_line(value)));
}

void print_text(Lines& out, const Summary& summary, vm::Format format, std::uint64_t octets_in) {
  const auto row = [&out](std::string_view name, const std::string& value) { print_row(out, name, value); };
  row("format", format == vm::Format::ber ? "BER" : "QEMU's native stream");
  row("schema", std::string(asn1::schema().fingerprint));
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
  row("footers", !summary.footers ? "unknown" : *summary.footers ? "yes" : "no");
  row("description", summary.described ? "yes" : "no");
  const auto known = static_cast<std::int64_t>(summary.ram_octets + summary.device_octets);
  row("bytes", fmt::format("{} in: {} ram, {} device, {} overhead", octets_in, summary.ram_octets,
                           summary.device_octets, static_cast<std::int64_t>(octets_in) - known));
}

/// What could be learnt of a stream, up to an error where there is one.
struct Survey {
  vm::Format format = vm::Format::native;
  Summary summary;
  std::uint64_t octets_in = 0;
  std::optional<Error> error;
};

Result<Survey> survey(const std::string& file, const vm::StreamOptions& options) {
  auto stream = vm::OpenedStream::open(file, options);
  if (!stream) return std::move(stream.error());
  vm::Census census(**stream, options.limits);
  Survey found;
  if (auto status = event::pump(**stream, census); !status) found.error = std::move(status.error());
  found.format = (*stream)->format();
  found.summary = census.summary();
  // Up to what was refused, however much more is there; all of a stream that ends early.
  const io::Input& input = (*stream)->input();
  const bool is_cut = found.error && found.error->code == Errc::truncated;
  found.octets_in = is_cut        ? input.offset() + input.view().size()
                    : found.error ? found.error->offset
                                  : input.offset();
  return found;
}

std::string text_of(const Json& json, int indent) {
  return json.dump(indent, ' ', true, Json::error_handler_t::replace);
}

/// One of the members that may have many items: these are written one by one.
class JsonItems {
 public:
  JsonItems(Lines& out, std::string_view name) : out_(out) {
    out_.write(fmt::format(",\n  \"{}\": [", name));
  }
  ~JsonItems() { out_.write(any_ ? "\n  ]" : "]"); }
  JsonItems(const JsonItems&) = delete;
  JsonItems& operator=(const JsonItems&) = delete;
  void add(const Json& item) {
    out_.write(fmt::format("{}\n    {}", std::exchange(any_, true) ? "," : "", text_of(item, -1)));
  }

 private:
  Lines& out_;
  bool any_ = false;
};

/// All but the closing brace.
void print_json(Lines& out, const Survey& found) {
  const std::string head = text_of(to_json(found.summary, found.format, found.octets_in), 2);
  out.write(head.substr(0, head.rfind('\n')));
  JsonItems devices(out, "devices");
  for (const auto& device : found.summary.devices)
    devices.add({{"name", device.name},
                 {"instance", device.instance},
                 {"version", device.version},
                 {"bytes", device.octets},
                 {"state", name_of(device.state)}});
}

/// Prints what would make a machine like that of `other` refuse the stream; returns whether anything would.
bool print_obstacles(Lines& out, const InfoOptions& options, const Summary& stream, const Summary& other) {
  bool any = false;
  std::optional<JsonItems> json;
  if (options.json) json.emplace(out, "against");
  vm::preflight(stream, other, [&](const vm::Obstacle& obstacle) {
    any = true;
    if (json) {
      json->add({{"what", obstacle.what}, {"qemu", obstacle.qemu}});
    } else {
      print_row(out, "obstacle", obstacle.what);
      print_row(out, "", "QEMU: " + obstacle.qemu);
    }
  });
  if (!json && !any) print_row(out, "preflight", "nothing against " + options.against);
  return any;
}

int info(const InfoOptions& options) {
  const std::array inputs{options.file, options.against};
  if (auto status = io::check_read_once(inputs); !status) return fail("info", status.error());
  Lines out;
  const vm::StreamOptions stream_options = options.read.stream_options();
  const auto found = survey(options.file, stream_options);
  if (!found) return fail(options.file, found.error());
  if (options.json)
    print_json(out, *found);
  else
    print_text(out, found->summary, found->format, found->octets_in);
  ExitCode result = exit_ok;
  if (!options.against.empty()) {
    const auto other = survey(options.against, stream_options);
    if (!other) return out.finish(fail(options.against, other.error()));
    if (print_obstacles(out, options, found->summary, other->summary)) result = exit_invalid;
    if (other->error) result = worse(result, fail(options.against, *other->error));
  }
  if (options.json) out.write("\n}\n");
  result = out.finish(result);
  return found->error ? worse(result, fail(options.file, *found->error)) : result;
}

}  // namespace

void add_info(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("info", "What is in a stream");
  auto options = std::make_shared<InfoOptions>();
  verb->add_option("FILE", options->file, "The stream; - is standard input")->required();
  verb->add_flag("--json", options->json, "As one JSON object");
  verb->add_option("--against", options->against,
                   "A stream of the machine that is to take this one: say what would make it refuse, exit 1")
      ->type_name("FILE");
  options->read.add_to(*verb);
  verb->callback([&action, options] { action = [options] { return info(*options); }; });
}

}  // namespace qember::cli
