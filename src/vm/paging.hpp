// SPDX-License-Identifier: LGPL-2.1-or-later
/// What the walks of all architectures need.
#pragma once

#include <qember/advanced/vm/paging.hpp>

#include <fmt/format.h>

namespace qember::vm {

/// A CPU's registers by their names, and the address that is looked for.
class Walk {
 public:
  Walk(const device::CpuRegisters& cpu, std::uint64_t address, const ReadPhysical& read)
      : cpu_(cpu), address_(address), read_(read) {}

  std::uint64_t address() const noexcept { return address_; }
  std::string_view architecture() const noexcept { return cpu_.architecture; }
  std::optional<std::uint64_t> find(std::string_view name) const {
    const device::Register* const found = cpu_.find(name);
    return found == nullptr ? std::nullopt : std::optional(found->value);
  }
  /// 0 where the CPU does not have it.
  std::uint64_t get(std::string_view name) const { return find(name).value_or(0); }

  /// Bits `low` and above of the address, `count` of them.
  std::uint64_t bits(unsigned low, unsigned count) const noexcept {
    last_shift_ = low;
    return address_ >> low & ((std::uint64_t{1} << count) - 1);
  }
  /// Of an address that is not mapped, or whose tables can't be read: no other with the same bits from this
  /// one up is.
  unsigned last_shift() const noexcept { return last_shift_; }
  /// Whether a table was looked into.
  bool has_looked() const noexcept { return has_looked_; }

  /// An entry of 4 or 8 bytes.
  Result<std::uint64_t> entry(std::uint64_t at, std::size_t size, bool big_endian = false) const;

  /// The page of 2^`shift` bytes at that place.
  Translation page(std::uint64_t at, unsigned shift) const noexcept {
    const std::uint64_t size = std::uint64_t{1} << shift;
    const std::uint64_t inside = address_ & (size - 1);
    return {(at & ~(size - 1)) | inside, size - inside};
  }
  /// The address itself; what goes on up to the next 4 KiB.
  Translation itself() const noexcept { return page(address_, 12); }

  Error unmapped(std::uint64_t entry, unsigned level) const {
    return {Errc::usage, 0, "memory", fmt::format("{:#x} to be mapped", address_),
            fmt::format("the entry {:#x} in level {}", entry, level)};
  }
  Error not_an_address(std::string_view mode) const {
    return {Errc::usage, 0, "memory", fmt::format("an address that {} has", mode),
            fmt::format("{:#x}", address_)};
  }
  Error unsupported(std::string_view found) const {
    return {Errc::unsupported, 0, "cpu", "a mode of translation that is known", std::string(found)};
  }

 private:
  const device::CpuRegisters& cpu_;
  std::uint64_t address_;
  const ReadPhysical& read_;
  // What the walk did last, for those who go through all addresses.

  mutable unsigned last_shift_ = 12;
  mutable bool has_looked_ = false;
};

/// Whether all bits from `top` up are the same.
constexpr bool is_sign_extended(std::uint64_t address, unsigned top) noexcept {
  const std::uint64_t upper = address >> top;
  return upper == 0 || upper == ~std::uint64_t{0} >> top;
}

/// The control register with the address space that an s390x PSW of this mask translates by; empty in the
/// access-register mode.
std::string_view address_space_register(std::uint64_t pswm) noexcept;

/// By the architecture of the CPU.
Result<Translation> translate(const Walk& walk);
Result<Translation> translate_x86(const Walk& walk);
Result<Translation> translate_aarch64(const Walk& walk);
Result<Translation> translate_riscv(const Walk& walk);
Result<Translation> translate_s390x(const Walk& walk);

}  // namespace qember::vm
