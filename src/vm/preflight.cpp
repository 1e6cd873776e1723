// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/vm/preflight.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace qember::vm {
namespace {

void check_head(const Summary& stream, const Summary& other, const TakeObstacle& take) {
  // QEMU compares as many octets as the stream gives: a prefix of its own name will do.
  if (stream.machine && other.machine && !other.machine->starts_with(*stream.machine))
    take({fmt::format("machine {} there, {} here", *other.machine, *stream.machine),
          fmt::format("Machine type received is '{}' and local is '{}'", *stream.machine, *other.machine)});
  if (stream.page_size && other.page_size && *stream.page_size != *other.page_size)
    take({fmt::format("page size {} there, {} here", *other.page_size, *stream.page_size),
          "Received TARGET_PAGE_BITS does not match the local one"});
  for (const std::string& capability : stream.capabilities) {
    if (std::ranges::find(other.capabilities, capability) == other.capabilities.end())
      take({fmt::format("capability {} is off there", capability),
            fmt::format("Capability {} is off, but received capability is on", capability)});
  }
}

/// QEMU resizes these to what comes, as far as it has set room aside for them.
bool is_resizable(const event::RamBlock& block) { return block.name.starts_with("/rom@"); }

void check_blocks(const Summary& stream, const Summary& other, const TakeObstacle& take) {
  std::map<std::string_view, const event::RamBlock*> others;
  for (const event::RamBlock& block : other.blocks) others.emplace(block.name, &block);
  for (const event::RamBlock& block : stream.blocks) {
    const auto found = others.find(block.name);
    const event::RamBlock* const same = found == others.end() ? nullptr : found->second;
    if (same == nullptr) {
      take({fmt::format("RAM block {} is not there", block.name),
            fmt::format("Unknown ramblock \"{}\", cannot accept migration", block.name)});
    } else if (same->length != block.length && !is_resizable(block)) {
      take({fmt::format("RAM block {}: {:#x} there, {:#x} here", block.name, same->length, block.length),
            fmt::format("Length mismatch: {}: {:#x} in != {:#x}: Invalid argument", block.name, block.length,
                        same->length)});
    }
  }
}

void check_sections(const Summary& stream, const Summary& other, const TakeObstacle& take) {
  std::map<std::pair<std::string_view, std::uint32_t>, const DeviceSummary*> others;
  for (const DeviceSummary& device : other.devices)
    others.emplace(std::pair(std::string_view(device.name), device.instance), &device);
  for (const DeviceSummary& device : stream.devices) {
    const auto found = others.find({device.name, device.instance});
    const DeviceSummary* const same = found == others.end() ? nullptr : found->second;
    if (same == nullptr) {
      take({fmt::format("section {}/{} is not there", device.name, device.instance),
            fmt::format("Unknown savevm section or instance '{}' {}. Make sure that your current VM setup "
                        "matches your saved VM setup, including any hotplugged devices",
                        device.name, device.instance)});
    } else if (device.version > same->version) {
      take({fmt::format("section {}/{}: version {} there, {} here", device.name, device.instance,
                        same->version, device.version),
            fmt::format("savevm: unsupported version {} for '{}' v{}", device.version, device.name,
                        same->version)});
    }
  }
}

}  // namespace

void preflight(const Summary& stream, const Summary& other, const TakeObstacle& take) {
  check_head(stream, other, take);
  check_blocks(stream, other, take);
  check_sections(stream, other, take);
}

}  // namespace qember::vm
