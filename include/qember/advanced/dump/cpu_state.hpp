// SPDX-License-Identifier: LGPL-2.1-or-later
/// The registers of CPUs, from their device state, as a core has them.
#pragma once

#include <qember/advanced/device/registers.hpp>
#include <qember/advanced/event/section_collector.hpp>

namespace qember::dump {

/// Adds the registers of a CPU to those of others. Refuses one that no core can have, one of another
/// architecture than these, and one that its description does not fit.
Status add_cpu(std::vector<device::CpuRegisters>& cpus, const device::Device& description, ByteView body);

/// Gathers the state of each `cpu` section from a stream's events.
class CpuStates final : public event::Sink {
 public:
  /// `context`, of the events, outlives this.
  CpuStates(const event::Context& context, const Limits& limits)
      : limits_(limits),
        collector_(context, limits, {}, [this](event::CollectedSection&& section) { return add(section); }) {}

  /// Refuses CPUs that no core can have, or of several architectures, and one that its description does not
  /// fit.
  using Sink::take;
  Status take(const event::Event& event) override { return collector_.take(event); }

  /// In the order of their sections; those alone that the stream describes. All of one architecture.
  const std::vector<device::CpuRegisters>& cpus() const noexcept { return cpus_; }

 private:
  Status add(const event::CollectedSection& section);

  Limits limits_;
  event::SectionCollector collector_;
  std::vector<device::CpuRegisters> cpus_;
};

}  // namespace qember::dump
