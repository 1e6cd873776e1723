// SPDX-License-Identifier: LGPL-2.1-or-later
/// The files that a call names, before any is opened.
#pragma once

#include <qember/advanced/core/result.hpp>

#include <span>
#include <string>

namespace qember::cli {

/// `Errc::usage` where an input that can be read once is named twice, or where the output is an input; an
/// empty `output` is none.
Status check_files(std::span<const std::string> inputs, const std::string& output = {});

}  // namespace qember::cli
