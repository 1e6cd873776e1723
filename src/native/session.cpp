// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/native/session.hpp>

#include <fmt/format.h>

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

Status Session::note(const Configuration& configuration) {
  for (const ConfigurationSubsection& sub : configuration.subsections) {
    if (sub.name == "configuration/target-page-bits") {
      const auto bits = load_be<std::uint32_t>(sub.payload.data());
      if (bits >= 64 || !is_page_size(std::uint64_t{1} << bits))
        return refuse(Errc::bad_value, "target page bits of 8 to 16", fmt::to_string(bits));
      page_size_ = std::uint64_t{1} << bits;
    } else if (sub.name == "configuration/capabilities") {
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
  const auto size = load_be<std::uint64_t>(command.payload.data() + 8);
  if (!is_page_size(size))
    return refuse(Errc::bad_value, "a target page size of 256 to 65536", fmt::to_string(size));
  if (page_size_ && *page_size_ != size)
    return refuse(Errc::page_size_unknown, fmt::format("the page size {} again", *page_size_),
                  fmt::to_string(size));
  page_size_ = size;
  return {};
}

Status Session::note(const SectionBegin& section) {
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
    if (block.length > total - sum)
      return refuse(Errc::bad_value, fmt::format("block lengths that add up to {}", total), "more");
    sum += block.length;
    if (!index.emplace(block.name, static_cast<std::uint32_t>(index.size())).second)
      return refuse(Errc::bad_value, "RAM blocks with different names",
                    fmt::format("{:?} twice", block.name));
  }
  if (sum != total)
    return refuse(Errc::bad_value, fmt::format("block lengths that add up to {}", total),
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
    return refuse(Errc::page_outside_block, fmt::format("an address below {:#x}", block.length),
                  fmt::format("{:#x}", page.addr));
  const std::uint64_t size = page_size_or_default();
  if ((page.addr & (size - 1)) != 0)
    return refuse(Errc::page_unaligned, fmt::format("a multiple of {:#x}", size),
                  fmt::format("{:#x}", page.addr));
  last_block_ = page.block;
  return {};
}

}  // namespace qember::native
