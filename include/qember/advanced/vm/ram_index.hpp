// SPDX-License-Identifier: LGPL-2.1-or-later
/// The index of a directory that a guest's RAM was taken out to.
#pragma once

#include <qember/advanced/vm/ram_files.hpp>

namespace qember::vm {

/// Writes `index.json` into the directory that `files` are in, once these are finished: a JSON object with
/// the page size and, for each block that gets a file, its name in the stream, its file, its length, and what
/// was sent of it.
Status write_ram_index(const event::Session& session, const RamFiles& files, io::StagedDirectory& directory);

}  // namespace qember::vm
