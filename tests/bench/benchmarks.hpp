// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "material.hpp"

namespace qember::bench {

/// Pages in memory beside asn1c and memcpy.
void add_pages(const Material& material);
/// The command beside cat, dd and openssl.
void add_commands(const Material& material);
/// XBZRLE, zero pages and comparison beside a plain peer, hot and cold.
void add_kernels();

/// What the BER form costs in bytes: no benchmark, but it belongs into the table.
void print_sizes(const Material& material);

}  // namespace qember::bench
