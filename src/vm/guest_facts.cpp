// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/guest_facts.hpp>

#include <qember/advanced/device/registers.hpp>
#include <qember/advanced/device/saved_device.hpp>

#include <algorithm>

namespace qember::vm {
namespace {

constexpr std::size_t most_kernels = 8;
constexpr std::size_t longest_release = 64;  ///< __NEW_UTS_LEN of Linux

/// Text up to the first zero; empty where the device has no buffer of that name.
std::string text_of(const device::SavedDevice& device, std::string_view path) {
  const auto buffer = device.get_bytes(path);
  const std::string_view text = buffer ? as_text(*buffer) : std::string_view();
  return std::string(text.substr(0, text.find('\0')));
}

}  // namespace

Status GuestFactsReader::take(const event::Event& event) {
  if (const auto* page = std::get_if<event::RamPage>(&event)) note(*page);
  return {};
}

Status GuestFactsReader::take(std::span<const event::RamPage> pages) {
  for (const event::RamPage& page : pages) note(page);
  return {};
}

/// Linux keeps the note at the begin of a page, so that looking there alone costs next to nothing. What a
/// page held before it was sent again is no fact.
void GuestFactsReader::note(const event::RamPage& page) {
  const bool is_full =
      page.kind == event::RamPageKind::full && page.data.size() == context_.session().page_size_or_default();
  const std::string_view text = is_full ? vmcoreinfo_in(page.data) : std::string_view();
  if (!kernels_.empty()) kernels_.erase({page.block, page.addr});
  if (text.empty()) return;
  KernelNote kernel = kernel_of(text);
  if (kernel.release.empty() || kernel.release.size() > longest_release) return;
  if (kernels_.size() < most_kernels)
    kernels_[{page.block, page.addr}] = std::move(kernel);
  else
    facts_.has_more_kernels = true;
}

void GuestFactsReader::add(const event::CollectedSection& section) {
  if (section.fit == event::Fit::in_parts) return;
  if (section.name == device::cpu_section) return add_cpu(section);
  if (section.fit != event::Fit::fits) return;
  if (section.name != "globalstate" && section.name != "timer") return;
  const device::SavedDevice device({section.name, section.instance, section.version, section.offset},
                                   section.body, section.device);
  if (section.name == "globalstate") {
    facts_.run_state = text_of(device, "runstate");
    return;
  }
  // The VM stands still while its devices are saved, and the offset is what its clock has come to.
  const auto clock = device.get<std::int64_t>("cpu_clock_offset");
  if (clock && *clock >= 0) facts_.clock = static_cast<std::uint64_t>(*clock);
}

void GuestFactsReader::add_cpu(const event::CollectedSection& section) {
  facts_.cpus = facts_.cpus.value_or(0) + 1;
  if (section.fit != event::Fit::fits || !facts_.architecture.empty()) return;
  if (const auto registers = device::read_registers(*section.device, section.body))
    facts_.architecture = registers->architecture;
}

GuestFacts GuestFactsReader::facts() const {
  GuestFacts facts = facts_;
  for (const auto& [page, kernel] : kernels_)
    if (!std::ranges::count(facts.kernels, kernel)) facts.kernels.push_back(kernel);
  return facts;
}

}  // namespace qember::vm
