// SPDX-License-Identifier: LGPL-2.1-or-later
/// The names of the files that RAM blocks are extracted to.
#pragma once

#include <string>
#include <string_view>

namespace qember::vm {

/// The name of a block's file. Bytes outside `[A-Za-z0-9._@:+-]` and a leading `.` or `-` become `%XX`, as
/// does the first letter of a block called like the index; over 200 bytes, it is cut and ends with `~` and 16
/// hex digits of the name's hash (64-bit FNV-1a). Never a path.
std::string block_file_name(std::string_view block);

/// The file that tells of the others, see `write_ram_index`.
inline constexpr auto index_file_name = "index.json";

}  // namespace qember::vm
