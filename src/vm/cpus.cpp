// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/vm/cpus.hpp>

#include <fmt/format.h>

namespace qember::vm {
namespace {

Error refuse(const event::CollectedSection& section, const Limits& limits) {
  Error error{Errc::unsupported, section.offset, fmt::format("cpu/{}", section.instance),
              "registers that the stream describes", "no description of them"};
  if (section.fit == event::Fit::beyond_section_limit) {
    error.code = Errc::limit;
    error.expected = fmt::format("max_section: at most {} bytes", limits.max_section);
    error.found = "more";
  } else if (section.fit == event::Fit::does_not_fit) {
    error.found = "a description that does not fit them";
  }
  return error;
}

}  // namespace

Status CpuReader::add(const event::CollectedSection& section) {
  if (section.name != "cpu" || section.fit == event::Fit::in_parts) return {};
  if (section.fit != event::Fit::fits) return refuse(section, limits_);
  auto registers = device::read_registers(*section.device, section.body);
  if (registers) return take_({section.instance, std::move(*registers)});
  Error error = std::move(registers.error());
  error.offset = section.offset;
  error.path = fmt::format("cpu/{}", section.instance);
  return error;
}

}  // namespace qember::vm
