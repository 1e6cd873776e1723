// SPDX-License-Identifier: LGPL-2.1-or-later
#include "section_edits.hpp"

#include "refusal.hpp"

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
  for (Drop& each : drops_) each.selector.consider(description);
  for (Rename& each : renames_) each.selector.consider(description);
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
  return fate;
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
