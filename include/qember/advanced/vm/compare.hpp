// SPDX-License-Identifier: LGPL-2.1-or-later
/// The differences of two saved guests.
#pragma once

#include <qember/advanced/vm/compare_fields.hpp>
#include <qember/advanced/vm/guest.hpp>
#include <qember/advanced/vm/saved_vm.hpp>

namespace qember::vm {

/// Takes what differs, in this order: facts, subsections of the configuration, RAM, sections. Of two pointers
/// one is null where only the other guest has it. What they point to lives as long as the guests.
class DifferenceSink {
 public:
  /// A subsection of the configuration.
  using Subsection = event::ConfigurationSubsection;
  /// Ranges of pages, to be read.
  using Ranges = ChangedRanges;
  /// A section of device state.
  using Section = GuestSection;
  /// The fields of a device that differ.
  using Changes = FieldChanges;

  virtual ~DifferenceSink() = default;
  /// `machine` or `page size`, which both have.
  virtual void fact(std::string_view name, const std::string& a, const std::string& b) = 0;
  /// A subsection of the configuration.
  virtual void subsection(const event::ConfigurationSubsection* a,
                          const event::ConfigurationSubsection* b) = 0;
  /// Blocks of two lengths.
  virtual void block(const event::RamBlock* a, const event::RamBlock* b) = 0;
  /// Ranges of pages of a block that both have. `page_size` in bytes.
  virtual void pages(const event::RamBlock& block, std::uint64_t page_size, const ChangedRanges& ranges) = 0;
  /// Where both have it, they differ in version or contents.
  virtual void section(const GuestSection* a, const GuestSection* b, const FieldChanges& fields) = 0;
};

/// For those who only ask whether there is a difference.
class IgnoreDifferences final : public DifferenceSink {
 public:
  void fact(std::string_view, const std::string&, const std::string&) override {}
  void subsection(const event::ConfigurationSubsection*, const event::ConfigurationSubsection*) override {}
  void block(const event::RamBlock*, const event::RamBlock*) override {}
  void pages(const event::RamBlock&, std::uint64_t, const ChangedRanges&) override {}
  void section(const GuestSection*, const GuestSection*, const FieldChanges&) override {}
};

/// What is compared.
struct CompareOptions {
  /// Only the sections that these DEVICEs name, see `DeviceSelector`, and nothing else of the guests.
  std::vector<std::string> devices{};
  /// Whether contents of memory count.
  bool ram = true;
};

/// Whether the two differ. They are the same where their configuration, memory and devices are, however each
/// was sent. Both were read with the same seed. `Errc::limit` for more values than `Limits::max_compared`;
/// `Errc::io` where the digests of pages can't be read back; `Errc::usage` for a DEVICE that
/// neither has.
Result<bool> compare(Guest& a, Guest& b, DifferenceSink& differences, const Limits& limits,
                     const CompareOptions& options = {});

/// The same of two saved VMs, each of which is read once, or twice where its pages got deltas. The path of an
/// error begins with `a` or `b`, where it is of that one. `Errc::unsupported` where RAM is not in the stream.
Result<bool> compare(const SavedVm& a, const SavedVm& b, DifferenceSink& differences);

}  // namespace qember::vm
