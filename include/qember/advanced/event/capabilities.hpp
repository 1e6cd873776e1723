// SPDX-License-Identifier: LGPL-2.1-or-later
/// The migration capabilities that the head of a stream lists.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <optional>

namespace qember::event {

/// The names in the payload of `configuration/capabilities`: be32 count, then counted strings. They are views
/// of the payload. Nothing where the payload is no such list.
std::optional<std::vector<std::string_view>> read_capabilities(ByteView payload);

}  // namespace qember::event
