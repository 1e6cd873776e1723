// SPDX-License-Identifier: LGPL-2.1-or-later
/// Streams that tests share: small ones made by hand, and real ones.
#pragma once

#include "native_builder.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace qember::test {

/// A description with two devices: `dev`, of fields of many kinds, and `old`.
std::string small_description(std::size_t page_size = 1024);
/// The state of `dev` and `old` as `small_description` has them.
Bytes dev_state();
Bytes old_state();

/// A stream with one of nearly everything: configuration, commands, RAM in full, zero, fill, delta and
/// compressed pages, an iterative section that is not RAM, typed and old-style devices, a description.
NativeBuilder small_stream();

/// The real streams: the project's own, and those of the directory in QEMBER_TEST_STREAMS where it is there.
std::vector<std::filesystem::path> real_streams();
/// The bytes of one, decompressed where its name ends in `.xz`.
Bytes load(const std::filesystem::path& path);
Bytes sample();

}  // namespace qember::test
