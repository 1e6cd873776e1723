// SPDX-License-Identifier: LGPL-2.1-or-later
#include "elf_notes.hpp"

namespace qember::dump {

void NoteList::add(std::string_view name, std::uint32_t type, ByteView description) {
  const auto pad = [this] { bytes_.resize((bytes_.size() + 3) / 4 * 4); };
  words(bytes_).u32(name.size() + 1, description.size(), type);
  bytes_.insert(bytes_.end(), name.begin(), name.end());
  bytes_.push_back(0);
  pad();
  bytes_.insert(bytes_.end(), description.begin(), description.end());
  pad();
}

Bytes NoteList::status_of(std::uint32_t thread, bool is_64) const {
  // Signal numbers and masks; then after pid, ppid, pgrp and sid four times of two words each.
  const std::size_t before_pid = is_64 ? 32 : 24;
  const std::size_t after_pid = 12 + (is_64 ? 64 : 32);
  Bytes status;
  Words out = words(status);
  out.zeroes(before_pid);
  out.u32(thread);
  out.zeroes(after_pid);
  return status;
}

}  // namespace qember::dump
