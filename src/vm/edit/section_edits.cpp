// SPDX-License-Identifier: LGPL-2.1-or-later
#include "section_edits.hpp"

#include "refusal.hpp"

#include <fmt/format.h>

namespace qember::vm {

SectionEdits::SectionEdits(std::span<const Edit> edits) {
  for (const Edit& each : edits) {
    if (const auto* drop = std::get_if<DropSection>(&each))
      drops_.push_back({drop, DeviceSelector({drop->device})});
    if (const auto* rename = std::get_if<RenameSection>(&each))
      renames_.push_back({rename, DeviceSelector({rename->device})});
  }
}

void SectionEdits::consider(const device::Description& description) {
  for (Drop& each : drops_) each.selector.consider(description.devices());
  for (Rename& each : renames_) each.selector.consider(description.devices());
}

Result<SectionEdits::Fate> SectionEdits::fate_of(const event::SectionBegin& section) {
  Fate fate;
  const bool is_ram = body_kind(section.name, section.type) == event::BodyKind::ram;
  for (Drop& each : drops_) {
    if (!each.selector.selects(section.name, section.instance)) continue;
    if (is_ram) return refuse_edit("drop-section", "a section that is not RAM", std::string(section.name));
    fate.is_dropped = true;
  }
  for (Rename& each : renames_) {
    if (!each.selector.selects(section.name, section.instance)) continue;
    const RenameSection& edit = *each.edit;
    if (body_kind(edit.name, section.type) != body_kind(section.name, section.type))
      return refuse_edit("rename-section", "a name of a section of the same kind", edit.name);
    fate.renamed = SectionName{edit.name, edit.instance.value_or(section.instance)};
  }
  if (!renames_.empty() && !fate.is_dropped)
    if (auto status = check_alone(section, fate); !status) return std::move(status.error());
  return fate;
}

/// QEMU finds what a section is for by its name and instance.
Status SectionEdits::check_alone(const event::SectionBegin& section, const Fate& fate) {
  const std::string_view name = fate.renamed ? std::string_view(fate.renamed->name) : section.name;
  const std::uint32_t instance = fate.renamed ? fate.renamed->instance : section.instance;
  const Digest digest = chain(digest_of(as_bytes(name)), {instance, 0});
  const auto [known, is_new] = names_.try_emplace({digest.high, digest.low}, fate.renamed.has_value());
  if (is_new || (!known->second && !fate.renamed)) return {};
  return refuse_edit("rename-section", "a name that no other section has",
                     fmt::format("{}/{}", name, instance));
}

Status SectionEdits::missed() const {
  for (const Drop& each : drops_)
    if (auto status = each.selector.missed(); !status)
      return std::move(status.error()).within("drop-section: ");
  for (const Rename& each : renames_)
    if (auto status = each.selector.missed(); !status)
      return std::move(status.error()).within("rename-section: ");
  return {};
}

}  // namespace qember::vm
