// SPDX-License-Identifier: LGPL-2.1-or-later
/// The identifier octets of sections and the lists in them.
#pragma once

#include "../ber/wire.hpp"

namespace qember::qber {

/// Bytes of an INTEGER that is a number of 64 bits, signed or not (X.690 8.3).
inline constexpr std::size_t max_integer = 9;

}  // namespace qember::qber

namespace qember::qber::tags {

using namespace qember::wire;

inline constexpr ber::Identifier file = identifier(type("QemuFile"));
inline constexpr ber::Identifier version = identifier(type("QemuFile"), "version");
inline constexpr ber::Identifier top = identifier(type("QemuFile"), "top");

inline constexpr ber::Identifier full = identifier(type("Sections"), "full");
inline constexpr ber::Identifier full_name = identifier(type("SecFull"), "name");
inline constexpr ber::Identifier full_id = identifier(type("SecFull"), "sectionid");
inline constexpr ber::Identifier full_instance = identifier(type("SecFull"), "instanceid");
inline constexpr ber::Identifier full_version = identifier(type("SecFull"), "versionid");
inline constexpr ber::Identifier blob = identifier(type(type("SecFull"), "contents"), "oldblob");
inline constexpr ber::Identifier block_list = identifier(type(type("SecFull"), "contents"), "ramblid");
inline constexpr ber::Identifier entries =
    identifier(type(type(type("SecFull"), "contents"), "vmstate"), "vmstateentries");
inline constexpr ber::Identifier full_end = identifier(type("SecFull"), "secendmark");

inline constexpr ber::Identifier min = identifier(type("Sections"), "min");
inline constexpr ber::Identifier min_id = identifier(type("SecMin"), "sectionid");
inline constexpr ber::Identifier ramsec = identifier(type(type("SecMin"), "contents"), "ramsec");
inline constexpr ber::Identifier ram_block =
    element_identifier(type(type(type("SecMin"), "contents"), "ramsec"));
inline constexpr ber::Identifier block_name = identifier(type("RAMSecBlock"), "name");
inline constexpr ber::Identifier pagelist = identifier(type("RAMSecBlock"), "pagelist");
inline constexpr ber::Identifier min_end = identifier(type("SecMin"), "secendmark");

inline constexpr ber::Identifier array = identifier(type("VMStateEntries"), "array");
inline constexpr ber::Identifier boolean = identifier(type("VMStateEntries"), "bool");
inline constexpr ber::Identifier integer = identifier(type("VMStateEntries"), "int");
inline constexpr ber::Identifier bytes = identifier(type("VMStateEntries"), "oldblob");
inline constexpr ber::Identifier subsections = identifier(type("VMStateEntries"), "subsecl");
inline constexpr ber::Identifier subsection = element_identifier(type(type("VMStateEntries"), "subsecl"));

namespace detail {
inline constexpr const ber::Type& subsection_type =
    generated::schema.type(type(type("VMStateEntries"), "subsecl").members.front());
}
inline constexpr ber::Identifier subsection_name = identifier(detail::subsection_type, "name");
inline constexpr ber::Identifier subsection_version = identifier(detail::subsection_type, "versionid");
inline constexpr ber::Identifier subsection_contents = identifier(detail::subsection_type, "contents");

}  // namespace qember::qber::tags
