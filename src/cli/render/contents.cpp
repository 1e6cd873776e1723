// SPDX-License-Identifier: LGPL-2.1-or-later
#include "contents.hpp"

#include "json_items.hpp"
#include "style.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include <unistd.h>

namespace qember::cli {
namespace {

using Json = nlohmann::ordered_json;
using container::Snapshot;

/// UTC, since a file is read on other machines too.
std::string date_of(const Snapshot& snapshot) {
  const auto time = static_cast<std::time_t>(snapshot.seconds);
  std::tm parts{};
  if (::gmtime_r(&time, &parts) == nullptr) return fmt::to_string(snapshot.seconds);
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", parts);
}

std::string_view state_of(const container::LibvirtSave& save) {
  return save.was_running ? "running" : "paused";
}

void print_libvirt(Lines& out, const container::LibvirtSave& save) {
  print_row(out, "domain", save.domain.empty() ? "unknown" : save.domain);
  print_row(out, "uuid", save.uuid.empty() ? "unknown" : save.uuid);
  if (save.version != 0) print_row(out, "restores", fmt::format("{}", state_of(save)));
  if (!save.is_marked_complete) print_row(out, "marked", "incomplete, by libvirt");
}

void print_snapshots(Lines& out, const container::Contents& contents) {
  print_row(out, "snapshots", fmt::to_string(contents.qcow2->snapshots.size()));
  for (std::size_t i = 0; i < contents.qcow2->snapshots.size(); ++i) {
    const Snapshot& snapshot = contents.qcow2->snapshots[i];
    const std::string size = snapshot.state_size == 0 ? "disk only" : counted(snapshot.state_size, "byte");
    print_row(out, "",
              fmt::format("id {}, name {}, {}, {}{}", printable(snapshot.id), printable(snapshot.name),
                          date_of(snapshot), size, contents.snapshot == i ? ", this one" : ""));
  }
}

Json json_of(const container::LibvirtSave& save) {
  return {{"domain", save.domain},      {"uuid", save.uuid},
          {"restores", state_of(save)}, {"marked_complete", save.is_marked_complete},
          {"version", save.version},    {"format", container::name_of(save.format)}};
}

Json json_of(const Snapshot& snapshot) {
  return {{"id", snapshot.id},
          {"name", snapshot.name},
          {"seconds", snapshot.seconds},
          {"nanoseconds", snapshot.nanoseconds},
          {"state_bytes", snapshot.state_size},
          {"disk_bytes", snapshot.disk_size}};
}

}  // namespace

void print_row(Lines& out, std::string_view name, const std::string& value) {
  out.write(fmt::format("{:<13}{}\n", name, printable_line(value)));
}

void print_contents(Lines& out, const container::Contents& contents) {
  if (contents.way.size() > 1 || contents.qcow2 || contents.libvirt)
    print_row(out, "way in", container::to_string(contents.way));
  if (contents.libvirt) print_libvirt(out, *contents.libvirt);
  if (contents.qcow2) print_snapshots(out, contents);
}

void print_contents_json(Lines& out, const container::Contents& contents) {
  {
    JsonItems way(out, "way_in");
    for (const std::string& step : contents.way) way.add(step);
  }
  if (contents.libvirt) out.write(",\n  \"libvirt\": " + text_of(json_of(*contents.libvirt), -1));
  if (!contents.qcow2) return;
  if (contents.snapshot)
    out.write(",\n  \"snapshot\": " + text_of(contents.qcow2->snapshots[*contents.snapshot].id, -1));
  JsonItems snapshots(out, "snapshots");
  for (const Snapshot& snapshot : contents.qcow2->snapshots) snapshots.add(json_of(snapshot));
}

Status print_texts(Lines& out, const container::LibvirtSave& save) {
  if (save.is_text_left_out) {
    Error error{Errc::limit, 0, "libvirt save.xml", "max_xml: a text within the limits", "a larger one"};
    error.in_container = true;
    return error;
  }
  const bool is_terminal = ::isatty(STDOUT_FILENO) != 0;
  for (const Bytes* bytes : {&save.xml, &save.cookie}) {
    if (!is_terminal) {
      out.write(as_text(*bytes));
      continue;
    }
    for (std::string_view text = as_text(*bytes); !text.empty();) {
      const std::size_t end = std::min(text.find('\n'), text.size() - 1);
      out.write(printable_line(text.substr(0, text[end] == '\n' ? end : end + 1)) + "\n");
      text.remove_prefix(end + 1);
    }
  }
  return {};
}

}  // namespace qember::cli
