// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <qember/advanced/core/bytes.hpp>
#include <qember/advanced/core/result.hpp>

#include <string>

namespace qember::cli {

/// Whether it is a module of ASN.1 (X.680 13), not a schema as data.
bool is_asn1_text(std::string_view text) noexcept;

/// The data of that schema, by cmake, asn1c and the compilers of this machine and the development files of
/// this package: `Errc::unsupported` where one of these is not there. What they say goes to standard error.
Result<Bytes> compile_schema(const std::string& file);

}  // namespace qember::cli
