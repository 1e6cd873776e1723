// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report.hpp"

#include "output.hpp"
#include "render/style.hpp"

#include <qember/advanced/vm/opened_stream.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace qember::cli {

ExitCode exit_code(Errc code) noexcept {
  switch (code) {
    case Errc::usage:
    case Errc::io:
    case Errc::cancelled: return exit_usage;
    case Errc::truncated: return exit_truncated;
    case Errc::limit:
    case Errc::unsupported: return exit_unsupported;
    case Errc::internal:
    case Errc::need_more: return exit_internal;
    default: return exit_invalid;
  }
}

ExitCode worse(ExitCode a, ExitCode b) noexcept {
  constexpr std::array order{exit_internal,    exit_usage,  exit_invalid, exit_truncated,
                             exit_unsupported, exit_likely, exit_ok};
  return std::ranges::find(order, a) < std::ranges::find(order, b) ? a : b;
}

Place::Place(std::string file, const vm::OpenedStream& stream)
    : file(std::move(file)), has_file_offsets(stream.has_file_offsets()) {
  std::vector<std::string> way = stream.contents().way;
  way.pop_back();
  containers = container::to_string(way);
}

namespace {

/// The option that helps, where one does.
std::string_view advice_on(const Error& error) {
  if (error.code == Errc::limit && (error.in_container || container::is_in_channel(error)))
    return " (--limits trusted allows more)";
  if (error.rule == "ram_placed") return " (see --place)";
  if (error.code == Errc::usage && error.path == "qcow2") return " (see --snapshot)";
  if (error.rule == "stream_offset") return " (see --offset)";
  if (error.rule == "ram_included") return " (see --channels)";
  return "";
}

}  // namespace

std::string line_of(const Place& place, const Error& error) {
  // What the system refused names the file itself.
  if (error.code == Errc::io) return printable_line(to_string(error));
  if (container::is_in_channel(error))
    return printable_line(
        fmt::format("{}:{}{} (the offset is the channel's)", place.file, to_string(error), advice_on(error)));
  // What was asked for has no place in the file.
  if (error.code == Errc::usage && error.offset == 0)
    return printable_line(error.path == place.file ? to_string(error)
                                                   : fmt::format("{}: {}", place.file, to_string(error)));
  if (place.containers.empty() || error.in_container)
    return printable_line(fmt::format("{}:{}{}", place.file, to_string(error), advice_on(error)));
  const Error within = Error(error).within(place.containers + " > ");
  return printable_line(fmt::format("{}:{}{}", place.file, to_string(within),
                                    place.has_file_offsets ? "" : " (the offset is the stream's)"));
}

std::string json_of(const Place& place, const Error& error) {
  nlohmann::ordered_json object{{"file", place.file}, {"offset", error.offset}};
  if (error.code != Errc::io) object["path"] = error.path;
  object["code"] = name_of(error.code);
  if (error.code == Errc::io) {
    object["message"] = error.found;
  } else {
    object["expected"] = error.expected;
    object["found"] = error.found;
  }
  if (!error.rule.empty()) object["rule"] = error.rule;
  if (!error.schema.empty()) object["schema_fingerprint"] = error.schema;
  if (container::is_in_channel(error)) {
    object["offset_in"] = "channel";
  } else if (!place.containers.empty() && error.code != Errc::io) {
    object["container"] = place.containers;
    object["offset_in"] = place.has_file_offsets || error.in_container ? "file" : "stream";
  }
  // Names in a stream need not be UTF-8, nor what a terminal should get.
  return object.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

ExitCode fail(const Place& place, const Error& error) {
  // Who no longer reads does not want to hear of it either.
  if (error.code != Errc::cancelled) say(fmt::format("qember: {}\n", line_of(place, error)));
  return exit_code(error.code);
}

}  // namespace qember::cli
