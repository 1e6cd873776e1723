// SPDX-License-Identifier: LGPL-2.1-or-later
/// What holds a stream, as `info` tells of it.
#pragma once

#include "../output.hpp"

#include <qember/advanced/container/open.hpp>

namespace qember::cli {

/// A line of the text, whatever names are in it.
void print_row(Lines& out, std::string_view name, const std::string& value);

/// The way in, and what its containers say; nothing for a bare stream.
void print_contents(Lines& out, const container::Contents& contents);
/// The same as members that follow others.
void print_contents_json(Lines& out, const container::Contents& contents);

/// The XML and the cookie, as they are; on a terminal, control characters of theirs are escaped.
/// `Errc::limit` where they were not read.
Status print_texts(Lines& out, const container::LibvirtSave& save);

}  // namespace qember::cli
