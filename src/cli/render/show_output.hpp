// SPDX-License-Identifier: LGPL-2.1-or-later
/// What `show` has to say, in whatever form.
#pragma once

#include "../output.hpp"
#include "style.hpp"

#include <qember/advanced/vm/section_walk.hpp>

namespace qember::cli {

std::unique_ptr<vm::SectionVisitor> make_show_tree(Lines& out, const Style& style, bool offsets);
std::unique_ptr<vm::SectionVisitor> make_show_json(Lines& out, bool offsets);

}  // namespace qember::cli
