// SPDX-License-Identifier: LGPL-2.1-or-later
/// What `diff` has to say, for people or for scripts.
#pragma once

#include "diff_fields.hpp"
#include "diff_guest.hpp"
#include "style.hpp"

namespace qember::cli {

class Lines;

class DiffReport {
 public:
  virtual ~DiffReport() = default;
  /// A fact that both have: null where only one has it.
  virtual void fact(std::string_view name, const std::string* a, const std::string* b) = 0;
  virtual void block(const native::RamBlock* a, const native::RamBlock* b) = 0;
  virtual void pages(const native::RamBlock& block, std::uint64_t page_size, const ChangedRanges& ranges) = 0;
  /// Null where only one has it; else they differ in version or contents.
  virtual void section(const GuestSection* a, const GuestSection* b, const FieldChanges& fields) = 0;
};

std::unique_ptr<DiffReport> make_diff_tree(Lines& out, const Style& style);
std::unique_ptr<DiffReport> make_diff_json(Lines& out);

}  // namespace qember::cli
