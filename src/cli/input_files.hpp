// SPDX-License-Identifier: LGPL-2.1-or-later
/// The files that a call names.
#pragma once

#include <qember/advanced/core/bytes.hpp>
#include <qember/advanced/core/result.hpp>

#include <span>
#include <string>

namespace qember::cli {

/// `Errc::usage` where an input that can be read once is named twice, or where the output is an input; an
/// empty `output` is none.
Status check_files(std::span<const std::string> inputs, const std::string& output = {});

/// The first bytes of a file, at most that many: of a file that is read whole, one more than it may have
/// tells that it has more. `most` is not 0.
Result<Bytes> read_begin(const std::string& file, std::size_t most);

}  // namespace qember::cli
