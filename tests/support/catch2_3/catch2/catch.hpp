// SPDX-License-Identifier: LGPL-2.1-or-later
/// Catch2 3 by the header and the names that Catch2 2 has. On the include path only where Catch2 is 3.
#pragma once

#include <catch2/catch_all.hpp>

namespace Catch {

using Matchers::EndsWith;
using Matchers::Matches;
using Matchers::StartsWith;
inline auto Contains(const std::string& text) { return Matchers::ContainsSubstring(text); }

}  // namespace Catch
