// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/dump/cpu_state.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace qember::dump {
namespace {

using device::Field;
using device::Structure;

/// Puts values where their path, such as `env.segs[1].base`, says.
class CpuSink final : public device::StateSink {
 public:
  explicit CpuSink(CpuState& cpu) : cpu_(cpu) {}

  void integer(const Field& field, Integer value) override {
    if (auto* wanted = find(path_of(field))) *wanted = value.bits();
  }
  void boolean(const Field& field, bool) override { path_of(field); }
  void blob(const Field& field, ByteView) override { path_of(field); }
  void begin_array(const Field& field, const Structure* structure) override {
    frames_.push_back({path_of(field), structure == nullptr, 0});
  }
  void end_array() override { frames_.pop_back(); }
  void begin_subsections() override {}
  void begin_subsection(const Structure& structure) override {
    frames_.push_back({std::string(structure.name), false, 0});
  }
  void end_subsection() override { frames_.pop_back(); }
  void end_subsections() override {}

  /// Copies what is narrower than 64 bits.
  void finish() {
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      *segment(i) = {static_cast<std::uint32_t>(tables_[i].selector),
                     static_cast<std::uint32_t>(tables_[i].limit),
                     static_cast<std::uint32_t>(tables_[i].flags), tables_[i].base};
    }
  }

 private:
  struct Frame {
    std::string path;
    bool has_elements;
    std::size_t next;
  };
  struct Table {
    std::uint64_t selector = 0, limit = 0, flags = 0, base = 0;
  };

  std::string path_of(const Field& field) {
    if (frames_.empty()) return std::string(field.name);
    Frame& frame = frames_.back();
    if (frame.has_elements) return fmt::format("{}[{}]", frame.path, frame.next++);
    return fmt::format("{}.{}", frame.path, field.name);
  }

  CpuSegment* segment(std::size_t index) {
    CpuSegment* others[] = {&cpu_.ldt, &cpu_.tr, &cpu_.gdt, &cpu_.idt};
    return index < cpu_.segments.size() ? &cpu_.segments[index] : others[index - cpu_.segments.size()];
  }

  std::uint64_t* find(std::string_view path);
  std::uint64_t* find_in_table(std::string_view path);

  CpuState& cpu_;
  std::array<Table, 10> tables_;
  std::vector<Frame> frames_;
};

/// N of `prefixN]`, where it is below `count`.
std::optional<std::size_t> index_in(std::string_view path, std::string_view prefix, std::size_t count) {
  if (!path.starts_with(prefix) || !path.ends_with(']')) return {};
  std::size_t index = 0;
  for (const char digit : path.substr(prefix.size(), path.size() - prefix.size() - 1)) {
    if (digit < '0' || digit > '9') return {};
    index = index * 10 + static_cast<std::size_t>(digit - '0');
    if (index >= count) return {};
  }
  return index;
}

std::uint64_t* CpuSink::find(std::string_view path) {
  if (path == "env.eip") return &cpu_.rip;
  if (path == "env.eflags") return &cpu_.rflags;
  if (path == "env.kernelgsbase") return &cpu_.kernel_gs_base;
  if (const auto index = index_in(path, "env.regs[", cpu_.regs.size())) return &cpu_.regs[*index];
  if (const auto index = index_in(path, "env.cr[", cpu_.cr.size())) return &cpu_.cr[*index];
  return find_in_table(path);
}

std::uint64_t* CpuSink::find_in_table(std::string_view path) {
  constexpr std::array<std::string_view, 4> names{"env.ldt", "env.tr", "env.gdt", "env.idt"};
  const auto dot = path.rfind('.');
  if (dot == std::string_view::npos) return nullptr;
  const std::string_view owner = path.substr(0, dot);
  const std::string_view member = path.substr(dot + 1);
  const auto named = std::ranges::find(names, owner);
  auto index = index_in(owner, "env.segs[", cpu_.segments.size());
  if (named != names.end()) index = cpu_.segments.size() + static_cast<std::size_t>(named - names.begin());
  if (!index) return nullptr;
  Table& table = tables_[*index];
  if (member == "selector") return &table.selector;
  if (member == "limit") return &table.limit;
  if (member == "flags") return &table.flags;
  return member == "base" ? &table.base : nullptr;
}

/// Whether the fields are those of an x86-64 CPU; of one of 32 bits, registers have four octets.
bool is_x86_64(const Structure& cpu) {
  const auto has = [&cpu](std::string_view name) {
    return std::ranges::any_of(cpu.fields,
                               [name](const Field& field) { return field.name == name && field.size == 8; });
  };
  return has("env.regs") && has("env.eip") && has("env.eflags");
}

}  // namespace

// Without a description that can be read a core has memory alone.
Status CpuStates::add(const event::CollectedSection& section) {
  if (section.name != "cpu" || section.device == nullptr) return {};
  if (section.fit == event::Fit::beyond_section_limit)
    return Error{Errc::limit, 0, "cpu", fmt::format("at most {} bytes", limits_.max_section), "more"};
  if (!is_x86_64(section.device->state))
    return Error{Errc::unsupported, 0, "cpu", "a CPU of x86-64", "another"};
  CpuState cpu;
  CpuSink sink(cpu);
  if (auto status = device::read_state(*section.device, section.body, sink); !status) return status;
  sink.finish();
  cpus_.push_back(cpu);
  return {};
}

}  // namespace qember::dump
