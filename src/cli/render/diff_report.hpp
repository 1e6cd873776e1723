// SPDX-License-Identifier: LGPL-2.1-or-later
/// What `diff` has to say, for people or for scripts.
#pragma once

#include <qember/vm/compare_fields.hpp>
#include <qember/vm/guest.hpp>
#include "style.hpp"

namespace qember::cli {

class Lines;

class DiffReport {
 public:
  virtual ~DiffReport() = default;
  /// A fact that both have: null where only one has it.
  virtual void fact(std::string_view name, const std::string* a, const std::string* b) = 0;
  virtual void block(const event::RamBlock* a, const event::RamBlock* b) = 0;
  virtual void pages(const event::RamBlock& block, std::uint64_t page_size,
                     const vm::ChangedRanges& ranges) = 0;
  /// Null where only one has it; else they differ in version or contents.
  virtual void section(const vm::GuestSection* a, const vm::GuestSection* b,
                       const vm::FieldChanges& fields) = 0;
};

std::unique_ptr<DiffReport> make_diff_tree(Lines& out, const Style& style);
std::unique_ptr<DiffReport> make_diff_json(Lines& out);

}  // namespace qember::cli
