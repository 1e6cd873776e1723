// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preflight.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::cli {
namespace {

using native::Summary;

void check_head(const Summary& stream, const Summary& other, std::vector<Obstacle>& found) {
  // QEMU compares as many octets as the stream gives: a prefix of its own name will do.
  if (stream.machine && other.machine && !other.machine->starts_with(*stream.machine))
    found.push_back(
        {fmt::format("machine {} there, {} here", *other.machine, *stream.machine),
         fmt::format("Machine type received is '{}' and local is '{}'", *stream.machine, *other.machine)});
  if (stream.page_size && other.page_size && *stream.page_size != *other.page_size)
    found.push_back({fmt::format("page size {} there, {} here", *other.page_size, *stream.page_size),
                     "Received TARGET_PAGE_BITS does not match the local one"});
  for (const std::string& capability : stream.capabilities) {
    if (std::ranges::find(other.capabilities, capability) == other.capabilities.end())
      found.push_back({fmt::format("capability {} is off there", capability),
                       fmt::format("Capability {} is off, but received capability is on", capability)});
  }
}

/// QEMU resizes these to what comes, as far as it has set room aside for them.
bool is_resizable(const native::RamBlock& block) { return block.name.starts_with("/rom@"); }

void check_blocks(const Summary& stream, const Summary& other, std::vector<Obstacle>& found) {
  for (const native::RamBlock& block : stream.blocks) {
    const auto same = std::ranges::find(other.blocks, block.name, &native::RamBlock::name);
    if (same == other.blocks.end()) {
      found.push_back({fmt::format("RAM block {} is not there", block.name),
                       fmt::format("Unknown ramblock \"{}\", cannot accept migration", block.name)});
    } else if (same->length != block.length && !is_resizable(block)) {
      found.push_back(
          {fmt::format("RAM block {}: {:#x} there, {:#x} here", block.name, same->length, block.length),
           fmt::format("Length mismatch: {}: {:#x} in != {:#x}: Invalid argument", block.name, block.length,
                       same->length)});
    }
  }
}

void check_sections(const Summary& stream, const Summary& other, std::vector<Obstacle>& found) {
  for (const native::DeviceSummary& device : stream.devices) {
    const auto same = std::ranges::find_if(other.devices, [&device](const native::DeviceSummary& candidate) {
      return candidate.name == device.name && candidate.instance == device.instance;
    });
    if (same == other.devices.end()) {
      found.push_back(
          {fmt::format("section {}/{} is not there", device.name, device.instance),
           fmt::format("Unknown savevm section or instance '{}' {}. Make sure that your current VM setup "
                       "matches your saved VM setup, including any hotplugged devices",
                       device.name, device.instance)});
    } else if (device.version > same->version) {
      found.push_back({fmt::format("section {}/{}: version {} there, {} here", device.name, device.instance,
                                   same->version, device.version),
                       fmt::format("savevm: unsupported version {} for '{}' v{}", device.version, device.name,
                                   same->version)});
    }
  }
}

}  // namespace

std::vector<Obstacle> preflight(const Summary& stream, const Summary& other) {
  std::vector<Obstacle> found;
  check_head(stream, other, found);
  check_blocks(stream, other, found);
  check_sections(stream, other, found);
  return found;
}

}  // namespace qember::cli
