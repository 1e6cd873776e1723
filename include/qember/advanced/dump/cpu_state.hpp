// SPDX-License-Identifier: LGPL-2.1-or-later
/// The registers of x86-64 CPUs, from their device state.
#pragma once

#include <qember/advanced/device/state.hpp>
#include <qember/advanced/event/section_collector.hpp>

#include <array>

namespace qember::dump {

struct CpuSegment {
  std::uint32_t selector = 0, limit = 0, flags = 0;
  std::uint64_t base = 0;
};

/// The order of QEMU's `env.segs`.
enum SegmentIndex : std::uint8_t { es, cs, ss, ds, fs, gs };
/// The order of QEMU's `env.regs`, which is that of the instruction encoding.
enum RegisterIndex : std::uint8_t { rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi };

struct CpuState {
  std::array<std::uint64_t, 16> regs{};
  std::uint64_t rip = 0, rflags = 0, kernel_gs_base = 0;
  std::array<CpuSegment, 6> segments{};
  CpuSegment ldt, tr, gdt, idt;
  std::array<std::uint64_t, 5> cr{};
};

/// Gathers the state of each `cpu` section from a stream's events.
class CpuStates final : public event::Sink {
 public:
  /// `context`, of the events, outlives this.
  CpuStates(const event::Context& context, const Limits& limits)
      : limits_(limits),
        collector_(context, limits, {}, [this](event::CollectedSection&& section) { return add(section); }) {}

  /// Refuses a CPU that is not of x86-64, and one that its description does not fit.
  using Sink::take;
  Status take(const event::Event& event) override { return collector_.take(event); }

  /// The CPUs that the stream describes, in the order of their sections.
  const std::vector<CpuState>& cpus() const noexcept { return cpus_; }

 private:
  Status add(const event::CollectedSection& section);

  Limits limits_;
  event::SectionCollector collector_;
  std::vector<CpuState> cpus_;
};

}  // namespace qember::dump
