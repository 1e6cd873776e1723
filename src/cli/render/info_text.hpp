// SPDX-License-Identifier: LGPL-2.1-or-later
/// What is in a stream, for a person.
#pragma once

#include "../output.hpp"

#include <qember/advanced/vm/format.hpp>
#include <qember/advanced/vm/survey.hpp>

#include <string_view>

namespace qember::cli {

/// In the order in which one asks: the guest, its RAM and devices, then how it was saved. `fingerprint`: of
/// the schema that streams are read by.
void print_info(Lines& out, const vm::Survey& survey, vm::Format format, std::string_view fingerprint);

}  // namespace qember::cli
