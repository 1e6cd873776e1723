// SPDX-License-Identifier: LGPL-2.1-or-later
/// The index of a directory that a guest's RAM was taken out to.
#pragma once

#include <qember/advanced/vm/ram_files.hpp>
#include <qember/advanced/vm/ram_layout.hpp>

namespace qember::vm {

/// Writes `index.json` into the directory that `files` are in, once these are finished: a JSON object with
/// the page size and, for each block that gets a file, its name in the stream, its file, its length, and what
/// was sent of it, and the guest-physical addresses that it has by `layout`.
Status write_ram_index(const event::Session& session, const RamFiles& files, RamLayout layout,
                       io::StagedDirectory& directory);

}  // namespace qember::vm
