// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/native/rule.hpp>
#include <qember/native/session.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace qember::native {
namespace {

Error refuse(Errc code, std::string expected, std::string found) {
  return {code, 0, {}, std::move(expected), std::move(found)};
}

/// The names that `configuration/capabilities` lists: be32 count, then counted strings.
bool lists_capability(ByteView payload, std::string_view wanted) {
  std::size_t at = 4;
  while (at < payload.size()) {
    const std::size_t size = payload[at++];
    if (size > payload.size() - at) return false;
    if (as_text(payload.subspan(at, size)) == wanted) return true;
    at += size;
  }
  return false;
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
    return refuse(Errc::limit, fmt::format("a machine's name of at most {} octets", limits_.max_name),
                  fmt::to_string(configuration.machine.size()));
  for (std::size_t i = 0; i < configuration.subsections.size(); ++i) {
    const ConfigurationSubsection& sub = configuration.subsections[i];
    if (auto status = check_subsection(std::span(configuration.subsections).first(i), sub.name); !status)
      return status;
    if (sub.name == "configuration/target-page-bits") {
      const auto bits = load_be<std::uint32_t>(sub.payload.data());
      if (bits >= 64 || !is_page_size(std::uint64_t{1} << bits))
        return broken(Rule::page_size_valid, "target page bits of 8 to 16", fmt::to_string(bits));
      page_size_ = std::uint64_t{1} << bits;
    } else if (sub.name == "configuration/capabilities") {
      if (const auto count = load_be<std::uint32_t>(sub.payload.data()); count > most_capabilities)
        return refuse(Errc::limit, fmt::format("at most {} capabilities", most_capabilities),
                      fmt::to_string(count));
      ignore_shared_ = lists_capability(sub.payload, "x-ignore-shared");
      mapped_ram_ = lists_capability(sub.payload, "mapped-ram");
    }
  }
  return {};
}

Status Session::note(const Command& command) {
  if (command.id != static_cast<std::uint16_t>(CommandId::postcopy_advise) || command.payload.size() != 16)
    return {};
  advised_page_sizes_ = load_be<std::uint64_t>(command.payload.data());
  return note_page_size(load_be<std::uint64_t>(command.payload.data() + 8));
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
  described_page_size_ = size;
  return check_described_page_size(size);
}

Status Session::note(const SectionBegin& section) {
  if (section.type == Element::section_full) {
    if (devices_ >= limits_.max_sections)
      return refuse(Errc::limit,
                    fmt::format("max_sections: at most {} sections of devices", limits_.max_sections),
                    "one more");
    ++devices_;
  }
  if (section.type != Element::section_start && body_kind(section.name, section.type) != BodyKind::ram)
    return {};
  if (section.type != Element::section_start && section.type != Element::section_full) return {};
  if (sections_.size() >= limits_.max_sections && !sections_.contains(section.id))
    return refuse(Errc::limit, fmt::format("at most {} open sections", limits_.max_sections), "one more");
  sections_[section.id] = {std::string(section.name), section.instance, section.version,
                           body_kind(section.name, section.type)};
  return {};
}

const OpenSection* Session::section(std::uint32_t id) const {
  const auto found = sections_.find(id);
  return found == sections_.end() ? nullptr : &found->second;
}

Status Session::open_blocks(std::uint64_t total, std::vector<RamBlock> blocks) {
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
  total_ = total;
  blocks_ = std::move(blocks);
  block_index_ = std::move(index);
  last_block_.reset();
  return {};
}

std::optional<std::uint32_t> Session::find_block(ByteView name) const {
  const auto found = block_index_.find(as_text(name));
  return found == block_index_.end() ? std::nullopt : std::optional(found->second);
}

Status Session::note(const RamPage& page) {
  const RamBlock& block = blocks_[page.block];
  if (page.addr >= block.length)
    return broken(Rule::page_within, fmt::format("an address below {:#x}", block.length),
                  fmt::format("{:#x}", page.addr));
  if (!page_size_) {
    if (auto status = note_page_size(default_page_size); !status) return status;
  }
  if ((page.addr & (*page_size_ - 1)) != 0)
    return broken(Rule::page_aligned, fmt::format("a multiple of {:#x}", *page_size_),
                  fmt::format("{:#x}", page.addr));
  last_block_ = page.block;
  return {};
}

}  // namespace qember::native
