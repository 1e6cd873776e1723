// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/cpus.hpp>

#include <qember/advanced/event/pump.hpp>
#include <qember/advanced/vm/opened_stream.hpp>
#include <qember/advanced/vm/saved_vm.hpp>

#include <fmt/format.h>

namespace qember::vm {
namespace {

struct CpuSection {
  std::uint32_t instance = 0;
  std::uint64_t offset = 0;
  const device::Device* device = nullptr;  ///< null where nothing describes it
  ByteView body{};
};

Error refuse(const CpuSection& section, Errc code, std::string expected, std::string found) {
  return {code, section.offset, fmt::format("cpu/{}", section.instance), std::move(expected),
          std::move(found)};
}

Status hand_out(const CpuSection& section, const CpuReader::Take& take) {
  const char* const wanted = "registers that the stream describes";
  if (section.device == nullptr) return refuse(section, Errc::unsupported, wanted, "no description of them");
  auto registers = device::read_registers(*section.device, section.body);
  if (registers) return take({section.instance, std::move(*registers)});
  Error& error = registers.error();
  if (error.code != Errc::unsupported)
    return refuse(section, Errc::unsupported, wanted, "a description that does not fit them");
  return refuse(section, error.code, std::move(error.expected), std::move(error.found));
}

Status read_from_file(io::ByteSource& file, const StreamOptions& options, const CpuReader::Take& take) {
  const auto vm = SavedVm::open(file, SavedVmOptions::of(options));
  if (!vm) return vm.error();
  const auto cpus = vm->devices(device::cpu_section);
  if (!cpus) return cpus.error();
  for (const device::SavedDevice& cpu : *cpus)
    if (auto status = hand_out({cpu.instance(), cpu.offset(), cpu.description(), cpu.body()}, take); !status)
      return status;
  return {};
}

}  // namespace

Status read_cpus(io::ByteSource& source, const StreamOptions& options, const CpuReader::Take& take) {
  if (source.is_seekable()) return read_from_file(source, options, take);
  auto stream = OpenedStream::open(source, options);
  if (!stream) return std::move(stream.error());
  CpuReader reader(**stream, options.limits, take);
  return event::pump(**stream, reader);
}

Status CpuReader::add(const event::CollectedSection& section) {
  if (section.name != device::cpu_section || section.fit == event::Fit::in_parts) return {};
  const CpuSection cpu{section.instance, section.offset, section.device.get(), section.body};
  if (section.fit == event::Fit::beyond_section_limit)
    return refuse(cpu, Errc::limit, fmt::format("max_section: at most {} bytes", limits_.max_section),
                  "more");
  if (section.fit == event::Fit::beyond_held_limit)
    return refuse(cpu, Errc::limit, fmt::format("max_held: at most {} bytes in all", limits_.max_held),
                  "more");
  return hand_out(cpu, take_);
}

}  // namespace qember::vm
