// SPDX-License-Identifier: LGPL-2.1-or-later
/// The registers of a saved guest's CPUs.
#pragma once

#include <qember/advanced/device/registers.hpp>
#include <qember/advanced/event/section_collector.hpp>
#include <qember/advanced/vm/stream_options.hpp>

namespace qember::vm {

struct Cpu {
  std::uint32_t instance = 0;  ///< as in `cpu/0`
  device::CpuRegisters registers;
};

/// Hands out each `cpu` section of a stream, when its end has come.
class CpuReader final : public event::Sink {
 public:
  using Take = std::function<Status(Cpu&& cpu)>;

  /// `context`, of the events, outlives this. What `take` returns is returned by the call that hands out.
  CpuReader(const event::Context& context, const Limits& limits, Take take)
      : limits_(limits),
        take_(std::move(take)),
        collector_(context, limits, {}, [this](auto&& section) { return add(section); }) {}

  using Sink::take;
  /// `Errc::unsupported` for a CPU that no description fits or whose registers are not known, and
  /// `Errc::limit` for one beyond `Limits::max_section`; the offset is that of the section.
  Status take(const event::Event& event) override { return collector_.take(event); }

 private:
  Status add(const event::CollectedSection& section);

  Limits limits_;
  Take take_;
  event::SectionCollector collector_;
};

/// Opens a stream and hands out its CPUs. Of a large native file those are read from its end, see `SavedVm`;
/// a pipe is read once, to its end. Errors are those of reading, and as above.
Status read_cpus(io::ByteSource& source, const StreamOptions& options, const CpuReader::Take& take);

}  // namespace qember::vm
