// SPDX-License-Identifier: LGPL-2.1-or-later
/// The registers of a CPU, by the names that its architecture has for them.
#pragma once

#include <qember/advanced/core/bytes.hpp>
#include <qember/advanced/core/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace qember::device {

struct Device;
class SavedDevice;

/// The name of the sections that are CPUs, of every architecture.
inline constexpr std::string_view cpu_section = "cpu";

/// What a register belongs to.
enum class RegisterSet : std::uint8_t {
  general,  ///< with the program counter and the flags
  control,  ///< of the system: segments, tables, translation, interrupts
  floating,
  vector,
};

/// A register of a CPU.
struct Register {
  std::string name;   ///< in lower case: `rip`, `x0`
  std::string alias;  ///< another name of the same: `a0` of RISC-V's `x10`; empty where there is none
  RegisterSet set = RegisterSet::general;  ///< what it belongs to
  unsigned bits = 0;                       ///< 8 to 128
  std::uint64_t value = 0;                 ///< the low 64 bits of it
  std::uint64_t high = 0;                  ///< what is above them
};

/// The registers of a CPU.
struct CpuRegisters {
  /// QEMU's name of the target, such as `x86_64`; `arm` for a CPU of 64 bits that runs code of 32.
  std::string_view architecture;
  /// The registers that the state has, in the architecture's order.
  std::vector<Register> registers;

  /// The register with that name or alias; null where there is none.
  const Register* find(std::string_view name) const noexcept;
};

/// The value in hexadecimal, all digits of its width: `0x000000000000fff0`.
std::string to_string(const Register& value);

/// Whether the fields are those of a CPU whose registers have names here.
bool has_registers(const Device& device);

/// The registers in a CPU's state. `Errc::unsupported` where `has_registers` says no, and
/// `Errc::description_mismatch` where the body does not fit.
Result<CpuRegisters> read_registers(const Device& device, ByteView body);
/// The same of a device of a saved VM; `Errc::unsupported` too where the stream does not describe it.
Result<CpuRegisters> read_registers(const SavedDevice& device);

/// The names and aliases that `register_path` knows; empty where the device is no CPU.
std::vector<std::string> register_names(const Device& device);

/// The path of the field that holds the register of that name, for `NamedStateSink`; empty where the device
/// is no CPU with such a register, or where no field is the register alone.
std::string register_path(const Device& device, std::string_view name);

}  // namespace qember::device
