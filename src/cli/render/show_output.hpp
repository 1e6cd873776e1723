// SPDX-License-Identifier: LGPL-2.1-or-later
/// What `show` has to say, in whatever form.
#pragma once

#include "../output.hpp"
#include "style.hpp"

#include <qember/advanced/ber/schema.hpp>
#include <qember/advanced/vm/section_walk.hpp>

namespace qember::cli {

// `schema` is what the stream is read by, and outlives what is made.

std::unique_ptr<vm::SectionVisitor> make_show_tree(Lines& out, const Style& style, bool offsets,
                                                   const ber::Schema& schema);
std::unique_ptr<vm::SectionVisitor> make_show_json(Lines& out, bool offsets, const ber::Schema& schema);

}  // namespace qember::cli
