// SPDX-License-Identifier: LGPL-2.1-or-later
/// VMCOREINFO: the text that Linux keeps in its memory for dumps, in lines `KEY=VALUE`
/// (Documentation/admin-guide/kdump/vmcoreinfo.rst of Linux).
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace qember::vm {

/// The kernel that a VMCOREINFO is of.
struct KernelNote {
  std::string release;                  ///< of its line OSRELEASE; empty where it has none
  std::optional<std::uint64_t> offset;  ///< KERNELOFFSET: how far it lies from where it was linked to be

  friend bool operator==(const KernelNote&, const KernelNote&) = default;
};

/// By its text.
KernelNote kernel_of(std::string_view vmcoreinfo);

/// What its line of that key has.
std::optional<std::string_view> vmcoreinfo_value(std::string_view text, std::string_view key);

/// The text of an ELF note of that name, of either byte order, at the begin of a page, where Linux keeps it;
/// as much of it as the page has. Empty where no such note stands there.
std::string_view vmcoreinfo_in(ByteView page) noexcept;

}  // namespace qember::vm
