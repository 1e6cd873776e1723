// SPDX-License-Identifier: LGPL-2.1-or-later
// The coprocessor registers of an Arm CPU: a list of indexes with their values, which the machine matches
// with its own (target/arm/machine.c cpu_post_load). An index is that of KVM's GET_ONE_REG.
#include "findings.hpp"

#include <qember/advanced/device/named_state.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace qember::vm {
namespace {

using Numbers = std::vector<std::uint64_t>;

struct Registers {
  Numbers indexes;
  Numbers values;
};

class Reader final : public device::NamedStateSink {
 public:
  Registers registers;

 private:
  void value(const device::Field& field, const device::StateValue& value) override {
    const auto* const integer = std::get_if<Integer>(&value);
    if (integer == nullptr) return;
    if (field.name == "cpreg_vmstate_indexes") registers.indexes.push_back(integer->bits());
    if (field.name == "cpreg_vmstate_values") registers.values.push_back(integer->bits());
  }
  void enter(const device::StateGroup&) override {}
  void leave(const device::StateGroup&) override {}
};

/// Whether it is an Arm CPU: no other is worth a walk through its body.
bool has_registers(const StateSection& section) {
  const auto& fields = section.device->state.fields;
  return std::ranges::find(fields, "cpreg_vmstate_indexes", &device::Field::name) != fields.end();
}

Registers read_registers(const StateSection& section) {
  Reader reader;
  static_cast<void>(reader.read(*section.device, section.body).ok());
  return std::move(reader.registers);
}

std::map<std::uint64_t, std::uint64_t> by_index(const Registers& registers) {
  std::map<std::uint64_t, std::uint64_t> all;
  const auto& [indexes, values] = registers;
  for (std::size_t i = 0; i < std::min(indexes.size(), values.size()); ++i)
    all.emplace(indexes[i], values[i]);
  return all;
}

/// A register of the identification space: op0 3 and CRn 0 in AArch64, CRn 0 of coprocessor 15 in AArch32. It
/// is constant. MPIDR, which says which CPU it is, belongs to it.
bool is_identification(std::uint64_t index) {
  const std::uint64_t kind = index >> 16U & 0xfffU;
  if (kind == 0x013) return (index >> 14U & 3U) == 3 && (index >> 7U & 0xfU) == 0;
  return kind == 0x00f && (index >> 11U & 0xfU) == 0;
}

/// CTR_EL0, which a guest goes by where it keeps its caches coherent.
bool is_cache_type(std::uint64_t index) { return index == 0x603000000013d801 || index == 0x40200000200f0001; }

/// An identification register that says what programs can use: not that of debuggers.
bool is_of_features(std::uint64_t index) {
  if (!is_identification(index)) return false;
  const bool is_64 = (index >> 16U & 0xfffU) == 0x013;
  const std::uint64_t set = index >> (is_64 ? 3U : 7U) & 0xfU;
  const bool is_first = (index >> (is_64 ? 11U : 3U) & 7U) == 0;
  const std::uint64_t number = index & 7U;
  const bool is_debug = (set == 1 && number == 2) || (set == 3 && number == 5) || set == 5;
  return is_first && set >= 1 && set <= 7 && !is_debug;
}

/// Each four bits are a feature, in the order of what they offer; all set means none.
bool lacks_features(std::uint64_t here, std::uint64_t there) {
  for (unsigned shift = 0; shift < 64; shift += 4)
    if ((((here >> shift) + 1) & 0xfU) > (((there >> shift) + 1) & 0xfU)) return true;
  return false;
}

/// The number that QEMU has for a register, of the one that KVM has (Linux,
/// Documentation/virt/kvm/api.rst, 4.68): its lower half, with a bit for AArch64, and one for AArch32's
/// registers of 64 bits.
std::uint32_t number_of(std::uint64_t index) {
  constexpr unsigned architecture = 56;
  constexpr unsigned size = 52;
  const bool is_aarch64 = index >> architecture == 0x60;
  const bool is_wide = (index >> size & 0xfU) == 3;
  return static_cast<std::uint32_t>(index) | (is_aarch64 ? 1U << 28U : is_wide ? 1U << 15U : 0U);
}

}  // namespace

RegisterMerge merge_registers(const SectionPair& pair) {
  RegisterMerge merge;
  if (!has_registers(pair.here)) return merge;
  const Registers all_here = read_registers(pair.here);
  const auto here = by_index(all_here);
  const Registers there = read_registers(pair.there);
  merge.count_here = all_here.indexes.size();
  std::set<std::uint64_t> known;
  for (std::size_t i = 0; i < std::min(there.indexes.size(), there.values.size()); ++i) {
    const std::uint64_t index = there.indexes[i];
    known.insert(index);
    const auto mine = here.find(index);
    const bool has_own = mine != here.end() && !is_identification(index);
    merge.indexes.push_back(index);
    merge.values.push_back(has_own ? mine->second : there.values[i]);
    if (mine == here.end()) continue;
    merge.is_other_cpu |= is_cache_type(index) && mine->second != there.values[i];
    merge.is_other_cpu |= is_of_features(index) && lacks_features(mine->second, there.values[i]);
    merge.is_needed |= is_identification(index) && mine->second != there.values[i];
  }
  merge.is_needed |= std::ranges::any_of(here, [&](const auto& each) { return !known.contains(each.first); });
  return merge;
}

void check_registers(const SectionPair& pair, const Findings& findings) {
  if (!has_registers(pair.here)) return;
  const auto here = by_index(read_registers(pair.here));
  const auto there = by_index(read_registers(pair.there));
  std::size_t missing = 0;
  std::size_t other = 0;
  std::uint64_t first_missing = 0;
  std::uint64_t first_other = 0;
  for (const auto& [index, value] : here) {
    const auto found = there.find(index);
    if (found == there.end()) {
      if (missing++ == 0) first_missing = index;
    } else if (found->second != value && is_identification(index) && other++ == 0) {
      first_other = index;
    }
  }
  const auto message = fmt::format("error while loading state for instance {:#x} of device '{}'",
                                   pair.here.instance, pair.here.name);
  if (missing > 0)
    findings.add(
        Certainty::certain, pair.name() + ":cpreg_vmstate_indexes",
        fmt::format("{} system registers that the machine does not have, {:#x} first", missing,
                    first_missing),
        {message, fmt::format("handle_cpreg_only_in_incoming_stream: system register {:#x} in the incoming "
                              "stream but unknown on the destination: fail migration",
                              number_of(first_missing))},
        "start the target with the same -cpu, by the same QEMU");
  if (other > 0)
    findings.add(
        Certainty::certain, pair.name() + ":cpreg_vmstate_values",
        fmt::format("{} identification registers have other values, {:#x} first", other, first_other),
        {message, fmt::format("post load hook failed for: {}", pair.here.name)},
        "start the target with the same -cpu, by the same QEMU");
}

}  // namespace qember::vm
