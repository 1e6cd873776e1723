// SPDX-License-Identifier: LGPL-2.1-or-later
#include "state_sinks.hpp"

#include <qember/ber/validate.hpp>

namespace qember::native {

void CountingSink::begin_subsection(const Structure& structure) {
  // The subsection itself, its name, version and contents.
  count_ += 4;
  if (structure.name.empty() || !ber::utf8_characters(as_bytes(structure.name))) bad_name_ = true;
}

void TreeSink::begin_subsection(const Structure& structure) {
  auto subsection = subsections_.back().append();
  subsection.set_name(structure.name);
  subsection.set_versionid(structure.version);
  lists_.push_back(subsection.contents());
}

}  // namespace qember::native
