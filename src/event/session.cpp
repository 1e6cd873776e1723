// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/event/capabilities.hpp>
#include <qember/advanced/event/session.hpp>

#include "rule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace qember::event {
namespace {

Error refuse(Errc code, std::string expected, std::string found) {
  return {code, 0, {}, std::move(expected), std::move(found)};
}

}  // namespace

BodyKind body_kind(std::string_view name, Element type) noexcept {
  if (name == "ram") return BodyKind::ram;
  // The rest of these names are of devices when they come as FULL: vfio's, say.
  if (type == Element::section_full) return BodyKind::device;
  if (name == "block") return BodyKind::block;
  if (name == "dirty-bitmap") return BodyKind::dirty_bitmap;
  if (name == "spapr/htab") return BodyKind::htab;
  if (name == "s390-storage_attributes") return BodyKind::storage_attributes;
  if (name.ends_with("/vfio")) return BodyKind::vfio;
  return BodyKind::device;
}

Status check_subsection(std::span<const ConfigurationSubsection> before, std::string_view name) {
  static constexpr std::array<std::string_view, 3> known{"configuration/target-page-bits",
                                                         "configuration/capabilities", "configuration/uuid"};
  if (std::ranges::find(known, name) == known.end())
    return broken(Rule::configuration_known, "a configuration subsection that has a known size",
                  fmt::format("{:?}", name));
  if (std::ranges::find(before, name, &ConfigurationSubsection::name) != before.end())
    return broken(Rule::configuration_once, "each subsection once", fmt::format("{:?} again", name));
  return {};
}

Status Session::note(const Configuration& configuration) {
  if (configuration.machine.size() > limits_.max_name)
    return refuse(Errc::limit, fmt::format("a machine's name of at most {} bytes", limits_.max_name),
                  fmt::to_string(configuration.machine.size()));
  Session changed(*this);
  for (std::size_t i = 0; i < configuration.subsections.size(); ++i) {
    if (auto status = check_subsection(std::span(configuration.subsections).first(i),
                                       configuration.subsections[i].name);
        !status)
      return status;
    if (auto status = changed.note(configuration.subsections[i]); !status) return status;
  }
  *this = std::move(changed);
  machine_ = as_text(configuration.machine);
  return {};
}

Status Session::note(const ConfigurationSubsection& sub) {
  if (sub.name == "configuration/uuid") return {};
  if (sub.payload.size() < sizeof(std::uint32_t))
    return refuse(Errc::bad_length, "a payload of 4 bytes at least", fmt::to_string(sub.payload.size()));
  const auto number = load_be<std::uint32_t>(sub.payload.data());
  if (sub.name == "configuration/target-page-bits") {
    if (number >= 64 || !is_page_size(std::uint64_t{1} << number))
      return broken(Rule::page_size_valid, "target page bits of 8 to 16", fmt::to_string(number));
    page_size_ = std::uint64_t{1} << number;
    return {};
  }
  if (number > most_capabilities)
    return refuse(Errc::limit, fmt::format("at most {} capabilities", most_capabilities),
                  fmt::to_string(number));
  const auto capabilities = read_capabilities(sub.payload);
  if (!capabilities) return refuse(Errc::bad_length, "as many names as are counted", "another list");
  const auto has = [&](std::string_view name) {
    return std::ranges::find(*capabilities, name) != capabilities->end();
  };
  ignore_shared_ = has("x-ignore-shared");
  mapped_ram_ = has("mapped-ram");
  return {};
}

Status Session::note(const Command& command) {
  if (command.id != static_cast<std::uint16_t>(CommandId::postcopy_advise) || command.payload.size() != 16)
    return {};
  if (auto status = note_page_size(load_be<std::uint64_t>(command.payload.data() + 8)); !status)
    return status;
  advised_page_sizes_ = load_be<std::uint64_t>(command.payload.data());
  return {};
}

Status Session::note_page_size(std::uint64_t size) {
  if (!is_page_size(size))
    return broken(Rule::page_size_valid, "a target page size of 256 to 65536", fmt::to_string(size));
  for (const auto& other : {page_size_, described_page_size_})
    if (other && *other != size)
      return broken(Rule::page_size_agrees, fmt::format("the page size {} again", *other),
                    fmt::to_string(size));
  page_size_ = size;
  return {};
}

Status Session::check_described_page_size(std::uint64_t size) const {
  if (page_size_ && *page_size_ != size)
    return broken(Rule::page_size_agrees, fmt::format("the page size {} in the description", *page_size_),
                  fmt::to_string(size));
  return {};
}

Status Session::note_described_page_size(std::uint64_t size) {
  if (auto status = check_described_page_size(size); !status) return status;
  described_page_size_ = size;
  return {};
}

/// Of sections whose id is kept, each is used between its START and its END, and one is `ram`.
Status Session::check_order(const SectionBegin& section) const {
  const OpenSection* const open = this->section(section.id);
  const bool starts = section.type == Element::section_start || section.type == Element::section_full;
  if (!starts) {
    if (open == nullptr)
      return broken(Rule::section_known, "the id of a section that was started", fmt::to_string(section.id));
    if (!open->ended) return {};
    return broken(Rule::part_before_end, fmt::format("no more of section {} after its END", section.id),
                  "another part");
  }
  if (open != nullptr && !open->ended)
    return broken(Rule::started_once, fmt::format("the END of section {} before it starts again", section.id),
                  "none");
  if (has_blocks_ && body_kind(section.name, section.type) == BodyKind::ram)
    return broken(Rule::blocks_once, "one list of RAM blocks", "another section `ram`");
  return {};
}

Status Session::note(const SectionBegin& section) {
  const BodyKind kind = body_kind(section.name, section.type);
  if (section.type == Element::section_full && kind != BodyKind::ram) {
    if (devices_ >= limits_.max_sections)
      return refuse(Errc::limit,
                    fmt::format("max_sections: at most {} sections of devices", limits_.max_sections),
                    "one more");
    ++devices_;
    return {};
  }
  if (auto status = check_order(section); !status) return status;
  if (section.type == Element::section_part) return {};
  if (section.type == Element::section_end) {
    sections_.find(section.id)->second.ended = true;
    return {};
  }
  if (sections_.size() >= limits_.max_sections && !sections_.contains(section.id))
    return refuse(Errc::limit, fmt::format("at most {} open sections", limits_.max_sections), "one more");
  sections_[section.id] = {std::string(section.name), section.instance, section.version, kind, false};
  return {};
}

const OpenSection* Session::section(std::uint32_t id) const {
  const auto found = sections_.find(id);
  return found == sections_.end() ? nullptr : &found->second;
}

Status Session::open_blocks(std::uint64_t total, std::vector<RamBlock> blocks) {
  if (has_blocks_) return broken(Rule::blocks_once, "one list of RAM blocks", "another");
  if (blocks.size() > limits_.max_blocks)
    return refuse(Errc::limit, fmt::format("at most {} RAM blocks", limits_.max_blocks),
                  fmt::to_string(blocks.size()));
  std::map<std::string, std::uint32_t, std::less<>> index;
  std::uint64_t sum = 0;
  for (const RamBlock& block : blocks) {
    // Natively the list ends where they have.
    if (block.length > total - sum || sum == total)
      return broken(Rule::block_lengths, fmt::format("block lengths that add up to {}", total), "more");
    sum += block.length;
    if (!index.emplace(block.name, static_cast<std::uint32_t>(index.size())).second)
      return broken(Rule::block_names, "RAM blocks with different names",
                    fmt::format("{:?} twice", block.name));
  }
  if (sum != total)
    return broken(Rule::block_lengths, fmt::format("block lengths that add up to {}", total),
                  fmt::to_string(sum));
  has_blocks_ = true;
  total_ = total;
  blocks_ = std::move(blocks);
  block_index_ = std::move(index);
  return {};
}

std::optional<std::uint32_t> Session::find_block(ByteView name) const {
  const auto found = block_index_.find(as_text(name));
  return found == block_index_.end() ? std::nullopt : std::optional(found->second);
}

Status Session::note(const RamPage& page) {
  if (page.block >= blocks_.size())
    return broken(Rule::block_known, "a RAM block of the list", fmt::to_string(page.block));
  last_block_ = page.block;
  const RamBlock& block = blocks_[page.block];
  if (page.addr >= block.length)
    return broken(Rule::page_within, fmt::format("an address below {:#x}", block.length),
                  fmt::format("{:#x}", page.addr));
  if (const std::uint64_t size = page_size_or_default(); (page.addr & (size - 1)) != 0)
    return broken(Rule::page_aligned, fmt::format("a multiple of {:#x}", size),
                  fmt::format("{:#x}", page.addr));
  return page_size_ ? Status() : note_page_size(default_page_size);
}

}  // namespace qember::event
