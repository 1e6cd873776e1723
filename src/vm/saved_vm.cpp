// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/saved_vm.hpp>

#include <qember/advanced/core/printable.hpp>
#include <qember/advanced/device/registers.hpp>
#include <qember/advanced/event/pump.hpp>
#include <qember/advanced/io/descriptor_source.hpp>
#include <qember/advanced/io/memory_source.hpp>
#include <qember/advanced/vm/census.hpp>
#include <qember/advanced/vm/opened_stream.hpp>
#include <qember/advanced/vm/selector.hpp>

#include "saved_vm_state.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::vm {
namespace {

/// Those that are meant.
std::vector<device::SavedDevice> selected(std::span<const device::SavedDevice> all,
                                          DeviceSelector& selector) {
  for (const device::SavedDevice& each : all) selector.consider(each.name());
  std::vector<device::SavedDevice> found;
  std::ranges::copy_if(all, std::back_inserter(found), [&selector](const device::SavedDevice& each) {
    return selector.selects(each.name(), each.instance());
  });
  return found;
}

/// The first of `found`, which is not empty, where it is the only one.
Result<device::SavedDevice> only(std::vector<device::SavedDevice> found, std::string_view text) {
  constexpr std::size_t most_named = 4;
  if (found.size() == 1) return std::move(found.front());
  std::string names;
  for (const device::SavedDevice& each : std::span(found).first(std::min(found.size(), most_named)))
    names += (names.empty() ? "" : ", ") + printable(section_text(each.name(), each.instance()));
  return Error{Errc::usage, 0, "device", fmt::format("one section {}", printable(text)),
               fmt::format("{}: {}{}", found.size(), names, found.size() > most_named ? ", ..." : "")};
}

}  // namespace

SavedVmOptions SavedVmOptions::of(const StreamOptions& read) {
  SavedVmOptions options;
  options.limits = read.limits;
  options.page_size = read.page_size;
  options.wire_format = read.wire_format;
  options.offset = read.offset;
  options.snapshot = read.snapshot;
  options.allow_trailing = read.allow_trailing;
  options.unpack_lzop = read.unpack_lzop;
  options.channels = read.channels;
  return options;
}

Result<SavedVm> SavedVm::open(std::unique_ptr<io::ByteSource> source, const SavedVmOptions& options) {
  auto vm = open(*source, options);
  if (vm) vm->state_->owned = std::move(source);
  return vm;
}

Result<SavedVm> SavedVm::open(const std::string& path, const SavedVmOptions& options) {
  auto source = container::open_file(path);
  if (!source) return std::move(source.error());
  return open(std::move(*source), options);
}

Result<SavedVm> SavedVm::open(int descriptor, const SavedVmOptions& options) {
  return open(std::make_unique<io::DescriptorSource>(io::Descriptor(descriptor), "the stream"), options);
}

Result<SavedVm> SavedVm::open(ByteView bytes, const SavedVmOptions& options) {
  return open(std::make_unique<io::MemorySource>(bytes), options);
}

Result<SavedVm> SavedVm::open(io::ByteSource& source, const SavedVmOptions& options) {
  auto state = std::make_shared<SavedVmState>(options);
  if (auto status = state->open(source); !status) return std::move(status.error());
  return SavedVm(std::move(state));
}

Format SavedVm::format() const noexcept { return state_->format; }
std::string_view SavedVm::machine() const noexcept { return state_->machine; }
std::span<const event::RamBlock> SavedVm::blocks() const noexcept { return state_->session.blocks(); }
io::ByteSource& SavedVm::bytes() const noexcept { return *state_->source; }
StreamOptions SavedVm::stream_options() const { return state_->read_options(); }
const SavedVmOptions& SavedVm::options() const noexcept { return state_->options; }
const container::Contents& SavedVm::contents() const noexcept { return state_->contents; }
bool SavedVm::is_spooled() const noexcept { return state_->spooled || state_->unpacked; }
bool SavedVm::are_devices_from_end() const noexcept { return state_->from_end; }
bool SavedVm::load_devices_from_end() const { return state_->load_devices_from_end(); }

Result<std::span<const device::SavedDevice>> SavedVm::devices() const {
  if (auto status = state_->load_devices(); !status) return std::move(status.error());
  return std::span<const device::SavedDevice>(*state_->devices);
}

Result<std::vector<device::SavedDevice>> SavedVm::devices(std::string_view text) const {
  const auto all = devices();
  if (!all) return all.error();
  DeviceSelector selector({std::string(text)});
  return selected(*all, selector);
}

Result<std::vector<device::SavedDevice>> SavedVm::cpus() const {
  auto found = devices(device::cpu_section);
  if (found) std::ranges::stable_sort(*found, {}, &device::SavedDevice::instance);
  return found;
}

Result<device::SavedDevice> SavedVm::device(std::string_view text) const {
  const auto all = devices();
  if (!all) return all.error();
  DeviceSelector selector({std::string(text)});
  auto found = selected(*all, selector);
  if (found.empty()) return selector.missed().error();
  return only(std::move(found), text);
}

Result<device::SavedDevice> SavedVm::device(std::string_view name, std::uint32_t instance) const {
  const auto all = devices();
  if (!all) return all.error();
  const std::string wanted = section_text(name, instance);
  Closest closest(wanted);
  std::vector<device::SavedDevice> found;
  for (const device::SavedDevice& each : *all) {
    closest.consider(section_text(each.name(), each.instance()));
    if (each.name() == name && each.instance() == instance) found.push_back(each);
  }
  if (found.empty()) return no_section(wanted, closest);
  return only(std::move(found), wanted);
}

Status SavedVm::read_with(const std::function<event::Sink&(const event::Context& context)>& watch) const {
  if (state_->index || state_->failed) return Error{Errc::usage, 0, "vm", "one that was not read", "another"};
  return state_->load(watch);
}

Result<Summary> SavedVm::summary() const {
  auto stream = OpenedStream::open(*state_->source, state_->read_options());
  if (!stream) return std::move(stream.error());
  Census census(**stream, state_->options.limits);
  if (auto status = event::pump(**stream, census); !status) return std::move(status.error());
  return census.summary();
}

}  // namespace qember::vm
