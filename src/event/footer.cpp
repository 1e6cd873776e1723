// SPDX-License-Identifier: LGPL-2.1-or-later
#include "footer.hpp"

#include <qember/advanced/core/text.hpp>
#include <qember/advanced/event/event.hpp>

#include <array>

namespace qember::event {
namespace {

Following section_follows(ByteView after) {
  if (after.size() < before_name) return Following::starved;
  const std::size_t name = after[before_name - 1];
  if (after.size() < before_name + name + behind_name) return Following::starved;
  const std::uint8_t* const tail = after.data() + before_name + name;
  if (is_name(after.subspan(before_name, name))) return Following::certain;
  constexpr std::uint32_t most = 1U << 16U;
  return load_be<std::uint32_t>(after.data() + 1) < most && load_be<std::uint32_t>(tail + 4) < most
             ? Following::possible
             : Following::impossible;
}

}  // namespace

Following what_follows(ByteView after, bool finished) {
  const Following cut = finished ? Following::possible : Following::starved;
  if (after.empty()) return cut;
  switch (static_cast<Element>(after[0])) {
    case Element::eof:
      if (after.size() == 1) return finished ? Following::certain : Following::starved;
      if (after[1] != static_cast<std::uint8_t>(Element::description)) return Following::possible;
      if (after.size() < 7) return cut;
      return after[6] == '{' ? Following::certain : Following::possible;
    case Element::section_start:
    case Element::section_full: {
      const Following following = section_follows(after);
      return following == Following::starved ? cut : following;
    }
    case Element::section_part:
    case Element::section_end:
      if (after.size() < 5) return cut;
      return load_be<std::uint32_t>(after.data() + 1) < 65536 ? Following::certain : Following::impossible;
    case Element::command: {
      if (after.size() < 3) return cut;
      const auto id = load_be<std::uint16_t>(after.data() + 1);
      return id >= 1 && id <= 16 ? Following::certain : Following::impossible;
    }
    default: return Following::impossible;
  }
}

std::size_t find_footer(ByteView view, std::size_t from, std::uint32_t id) {
  std::array<std::uint8_t, footer_size> mark{static_cast<std::uint8_t>(Element::section_footer)};
  store_be(mark.data() + 1, id);
  const auto found = as_text(view).find(as_text(mark), from);
  return found == std::string_view::npos ? view.size() : found;
}

}  // namespace qember::event
