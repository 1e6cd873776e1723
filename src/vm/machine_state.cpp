// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/machine_state.hpp>

#include <qember/advanced/event/capabilities.hpp>

namespace qember::vm {

Limits MachineReader::half_of(Limits limits) {
  limits.max_held /= 2;
  limits.max_description /= 2;
  return limits;
}

void MachineReader::on(const event::Configuration& configuration) {
  state_.configuration = configuration;
  for (const event::ConfigurationSubsection& sub : configuration.subsections) {
    if (sub.name != "configuration/capabilities") continue;
    if (const auto names = event::read_capabilities(sub.payload))
      state_.capabilities.assign(names->begin(), names->end());
  }
}

Status MachineReader::add(event::CollectedSection&& section) {
  if (section.type != event::Element::section_full && section.type != event::Element::section_start)
    return {};
  const std::size_t cost = sizeof(StateSection) + section.name.size();
  if (cost > most_named_)
    return Error{Errc::limit, section.offset, std::move(section.path),
                 "max_held: no more sections than it has room for", "more"};
  most_named_ -= cost;
  const bool fits = section.fit == event::Fit::fits;
  state_.sections.push_back({std::move(section.name), section.instance, section.version,
                             section.type == event::Element::section_start, section.offset,
                             fits ? std::move(section.body) : Bytes(),
                             fits ? std::move(section.device) : nullptr});
  return {};
}

void MachineReader::on(const event::RamBlocks& list) {
  state_.blocks.assign(list.blocks.begin(), list.blocks.end());
  state_.blocks_offset = context_.offset();
}

Status MachineReader::on(const event::StreamEnd& end) {
  state_.page_size = context_.session().page_size();
  return collector_.on(end);
}

}  // namespace qember::vm
