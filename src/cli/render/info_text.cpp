// SPDX-License-Identifier: LGPL-2.1-or-later
#include "info_text.hpp"

#include "contents.hpp"
#include "style.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace qember::cli {
namespace {

using vm::DeviceTyping;
using vm::Summary;

constexpr std::size_t most_devices = 5;

/// Rows of one name, which the first of them has.
class Rows {
 public:
  Rows(Lines& out, std::string_view name) : out_(out), name_(name) {}
  void add(const std::string& value) { print_row(out_, std::exchange(name_, ""), value); }

 private:
  Lines& out_;
  std::string_view name_;
};

std::string or_unknown(std::string_view text) { return std::string(text.empty() ? "unknown" : text); }

/// `1:02:03.456`
std::string clock_text(std::uint64_t nanoseconds) {
  const std::uint64_t milliseconds = nanoseconds / 1'000'000;
  const std::uint64_t seconds = milliseconds / 1000;
  return fmt::format("{}:{:02}:{:02}.{:03}", seconds / 3600, seconds / 60 % 60, seconds % 60,
                     milliseconds % 1000);
}

std::string kernel_text(const vm::KernelNote& kernel) {
  const std::string release = printable(kernel.release);
  return kernel.offset ? fmt::format("{}, KASLR offset {:#x}", release, *kernel.offset) : release;
}

void print_kernel(Lines& out, const vm::GuestFacts& guest) {
  Rows rows(out, "kernel");
  if (guest.kernels.empty()) return rows.add("unknown");
  if (guest.kernels.size() == 1 && !guest.has_more_kernels) return rows.add(kernel_text(guest.kernels[0]));
  rows.add(guest.has_more_kernels ? "one of these, or of more that are not listed:" : "one of these:");
  for (const vm::KernelNote& kernel : guest.kernels) rows.add("  " + kernel_text(kernel));
}

void print_guest(Lines& out, const Summary& summary, const vm::GuestFacts& guest) {
  print_row(out, "machine", or_unknown(summary.machine.value_or("")));
  const std::string cpus = guest.cpus ? grouped(*guest.cpus) : "unknown";
  print_row(out, "CPUs", guest.architecture.empty() ? cpus : fmt::format("{}, {}", cpus, guest.architecture));
  print_row(out, "run state", or_unknown(guest.run_state));
  print_row(out, "guest time", guest.clock ? clock_text(*guest.clock) : "unknown");
  print_kernel(out, guest);
}

/// Where RAM is in the guest's address space, a piece a line, and what has no place.
void print_layout(Lines& out, const vm::Survey& found) {
  const auto& blocks = found.summary.blocks;
  Rows rows(out, "layout");
  for (const vm::PlacedRam& piece : found.layout.placed)
    rows.add(fmt::format("{:#014x}-{:#014x}  {} at {:#x} ({})", piece.address, piece.address + piece.size - 1,
                         blocks[piece.block].name, piece.offset, name_of(piece.source)));
  for (const vm::UnplacedRam& each : found.layout.unplaced)
    rows.add(fmt::format("{}  {}",
                         each.is_ram ? "RAM, address not known (see --place)" : "memory of a device",
                         blocks[each.block].name));
}

void print_ram(Lines& out, const vm::Survey& found) {
  const Summary& summary = found.summary;
  Rows rows(out, "RAM");
  rows.add(fmt::format("{} in {}", binary_size(summary.ram_total), counted(summary.blocks.size(), "block")));
  for (const auto& block : summary.blocks)
    rows.add(fmt::format("{:>12}  {}", binary_size(block.length), block.name));
  print_row(out, "page size", summary.page_size ? fmt::to_string(*summary.page_size) : "unknown");
  print_layout(out, found);
}

/// The devices with the most state, and how many more there are.
void print_devices(Lines& out, const Summary& summary) {
  std::vector<const vm::DeviceSummary*> largest;
  std::uint64_t bytes = 0;
  for (const vm::DeviceSummary& device : summary.devices) {
    bytes += device.bytes;
    largest.push_back(&device);
  }
  const std::size_t shown = std::min(most_devices, largest.size());
  const auto end = largest.begin() + static_cast<std::ptrdiff_t>(shown);
  const auto is_larger = [](const auto* a, const auto* b) {
    return a->bytes != b->bytes ? a->bytes > b->bytes : a < b;
  };
  std::partial_sort(largest.begin(), end, largest.end(), is_larger);
  Rows rows(out, "devices");
  rows.add(fmt::format("{} in {}", binary_size(bytes), counted(largest.size(), "section")));
  for (auto each = largest.begin(); each != end; ++each)
    rows.add(fmt::format("{:>12}  {}/{}", binary_size((*each)->bytes), (*each)->name, (*each)->instance));
  if (largest.size() > shown) rows.add(fmt::format("{:>12}  and {} more", "", largest.size() - shown));
}

std::string share_text(const Summary& summary) {
  std::uint64_t untyped = 0;
  std::string reasons;
  for (const auto& [type, bytes] : summary.untyped_bytes) {
    untyped += bytes;
    reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", type, binary_size(bytes));
  }
  const std::uint64_t all = summary.typed_bytes + untyped;
  if (all == 0) return "none";
  const double share = 100.0 * static_cast<double>(summary.typed_bytes) / static_cast<double>(all);
  return fmt::format("{:.1f} % of {}{}{}", share, binary_size(all),
                     reasons.empty() ? "" : "; not: ", reasons);
}

/// What is in buffers of one type.
std::string layout_text(const std::string& type, const vm::LayoutShare& share) {
  std::string text = fmt::format("{} of {}: {}, {} typed", share.count, type, binary_size(share.bytes),
                                 binary_size(share.typed_bytes));
  if (share.unfit != 0) text += fmt::format("; {} not: {}", share.unfit, share.reason);
  return text;
}

void print_state(Lines& out, const Summary& summary) {
  Rows sections(out, "sections");
  sections.add(
      fmt::format("{} with {} of devices: {} typed, {} opaque, {} early, {} undescribed, {} fallback",
                  summary.sections, summary.devices.size(), summary.count(DeviceTyping::typed),
                  summary.count(DeviceTyping::opaque), summary.count(DeviceTyping::early),
                  summary.count(DeviceTyping::undescribed), summary.count(DeviceTyping::fallback)));
  for (const auto& device : summary.devices)
    if (device.state == DeviceTyping::fallback)
      sections.add(fmt::format("{}/{}: {}", device.name, device.instance, device.reason));
  Rows state(out, "typed state");
  state.add(share_text(summary));
  for (const auto& [type, share] : summary.layouts) state.add(layout_text(type, share));
}

void print_saved(Lines& out, const vm::Survey& found, vm::Format format) {
  const Summary& summary = found.summary;
  print_row(out, "format", format == vm::Format::ber ? "BER" : "QEMU's native stream");
  Rows complete(out, "complete");
  complete.add(summary.complete ? "yes" : "no");
  if (summary.ram_sent_elsewhere) complete.add("its RAM went over other connections (multifd)");
  if (!summary.capabilities.empty())
    print_row(out, "capabilities", fmt::format("{}", fmt::join(summary.capabilities, ", ")));
  print_row(out, "pages",
            fmt::format("{} zero, {} full, {} xbzrle, {} compressed, {} hook, in {}{}", summary.pages.zero,
                        summary.pages.full, summary.pages.xbzrle, summary.pages.compressed, summary.hook,
                        summary.rounds_exact ? "" : "about ", counted(summary.rounds, "round")));
  print_state(out, summary);
  print_row(out, "footers", !summary.footers ? "unknown" : *summary.footers ? "yes" : "no");
  print_row(out, "description", summary.described ? "yes" : "no");
  const auto known = static_cast<std::int64_t>(summary.pages.bytes + summary.device_bytes);
  print_row(out, "bytes",
            fmt::format("{} in: {} ram, {} device, {} overhead", found.bytes_in, summary.pages.bytes,
                        summary.device_bytes, static_cast<std::int64_t>(found.bytes_in) - known));
}

}  // namespace

void print_info(Lines& out, const vm::Survey& survey, vm::Format format, std::string_view fingerprint) {
  print_guest(out, survey.summary, survey.guest);
  print_ram(out, survey);
  print_devices(out, survey.summary);
  print_saved(out, survey, format);
  print_row(out, "schema", std::string(fingerprint));
}

}  // namespace qember::cli
