// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a person asks first about a saved guest, as far as its stream tells.
#pragma once

#include <qember/advanced/event/section_collector.hpp>
#include <qember/advanced/vm/kernel_note.hpp>

#include <map>

namespace qember::vm {

struct GuestFacts {
  std::optional<std::uint64_t> cpus;   ///< nothing where no section is of a CPU
  std::string architecture;            ///< QEMU's name of the target; empty where the CPUs do not tell
  std::string run_state;               ///< QEMU's word, such as `running`; empty where the stream has none
  std::optional<std::uint64_t> clock;  ///< nanoseconds that the guest's virtual clock has run
  /// Of all pages that looked like the note of a kernel in the end: of several, one may be an old one's or
  /// that of a guest in the guest.
  std::vector<KernelNote> kernels;
  /// Whether there may be more: some page that looked like a note was not kept, since enough were, and it is
  /// not known whether it was sent again without it.
  bool has_more_kernels = false;
};

/// Takes note of them as the events of a stream go by.
class GuestFactsReader final : public event::Sink {
 public:
  /// `context`, of the events, outlives this.
  explicit GuestFactsReader(const event::Context& context) : context_(context) {}

  using Sink::take;
  Status take(const event::Event& event) override;
  Status take(std::span<const event::RamPage> pages) override;
  bool takes_batches() const noexcept override { return true; }

  /// Takes note of a section, which another collects: a description is held once.
  void add(const event::CollectedSection& section);

  /// By what has been read; complete when the stream has ended.
  GuestFacts facts() const;

 private:
  using Page = std::pair<std::uint32_t, std::uint64_t>;  ///< index of the block, and the offset in it

  void add_cpu(const event::CollectedSection& section);
  void note(const event::RamPage& page);

  const event::Context& context_;
  GuestFacts facts_;
  std::map<Page, KernelNote> kernels_;
};

}  // namespace qember::vm
