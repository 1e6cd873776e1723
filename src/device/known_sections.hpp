// SPDX-License-Identifier: LGPL-2.1-or-later
/// Sections whose state is known by their name, where no description says what is in them: those of virtio
/// devices, of virtio-mem ahead of RAM, and of s390's channels, of which QEMU's own description is wrong.
#pragma once

#include <qember/advanced/device/description.hpp>

#include <memory>

namespace qember::device {

/// Whether there is a layout for sections of that name.
bool is_known_section(std::string_view name);

/// A device of one field that has all of the section's `body`; null where no layout is known by that name, or
/// `body` has not that layout.
std::shared_ptr<const Device> find_known_section(std::string_view name, std::uint32_t instance,
                                                 std::uint32_t version, ByteView body);

/// The same of a body that is not there yet, of at most `most` bytes, for `write_state`.
std::shared_ptr<const Device> known_section(std::string_view name, std::uint32_t instance,
                                            std::uint32_t version, std::uint64_t most);

}  // namespace qember::device
