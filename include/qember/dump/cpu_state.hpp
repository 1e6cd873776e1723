// SPDX-License-Identifier: LGPL-2.1-or-later
/// The registers of x86-64 CPUs, from their device state.
#pragma once

#include <qember/device/state.hpp>
#include <qember/event/sink.hpp>

#include <array>
#include <memory>

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
class CpuStates final : public event::Handler<CpuStates> {
 public:
  explicit CpuStates(const Limits& limits) : limits_(limits) {}

  // `take` refuses a CPU that is not of x86-64, and one that its description does not fit.

  /// In the order of their sections; those alone that the stream describes.
  const std::vector<CpuState>& cpus() const noexcept { return cpus_; }

 private:
  friend class event::Handler<CpuStates>;

  void on(const event::DescriptionText& text);
  void on(const event::SectionBegin& section);
  Status on(const event::Body& piece);
  Status on(const event::SectionEnd&) { return device_ == nullptr ? Status() : end_cpu(); }
  void on(const event::AnyOf<event::StreamBegin, event::Configuration, event::Command, event::RamBlocks,
                             event::RamControl, event::RamPage, event::MappedBitmap, event::MappedStale,
                             event::Eof, event::TrailingData, event::StreamEnd> auto&) {}
  Status end_cpu();

  Limits limits_;
  device::Description description_;
  std::optional<device::DeviceMatcher> matcher_;
  const device::Device* device_ = nullptr;  ///< of the section that is open
  Bytes body_;
  std::vector<CpuState> cpus_;
};

}  // namespace qember::dump
