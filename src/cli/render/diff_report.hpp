// SPDX-License-Identifier: LGPL-2.1-or-later
/// What `diff` has to say, for people or for scripts.
#pragma once

#include <qember/advanced/vm/compare.hpp>
#include "style.hpp"

namespace qember::cli {

class Lines;

std::unique_ptr<vm::DifferenceSink> make_diff_tree(Lines& out, const Style& style);
std::unique_ptr<vm::DifferenceSink> make_diff_names(Lines& out);
std::unique_ptr<vm::DifferenceSink> make_diff_json(Lines& out);

}  // namespace qember::cli
