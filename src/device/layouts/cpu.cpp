// SPDX-License-Identifier: LGPL-2.1-or-later
// Registers of CPUs that are more than one number.
#include "../layout.hpp"

namespace qember::device {
namespace {

// Power ISA 2.07, Book III-S, 5.7.6.
constexpr std::array slbe_parts{be64("esid"), be64("vsid")};
constexpr Layout slbe{"slbe", slbe_parts};

constexpr std::array vector_parts{be64("high"), be64("low")};
constexpr Layout vector{"vector register", vector_parts};

// MIPS: of MSA 128 bits, of which FPRs are the first half.
constexpr std::array wide_parts{s64("low"), s64("high")};
constexpr Layout wide{"vector register", wide_parts};

constexpr std::array tlb2_parts{be32("VPN"),   be32("PageMask"), be16("ASID"),
                                be16("flags"), be64("PFN0"),     be64("PFN1")};
constexpr std::array tlb2_64_parts{be64("VPN"),   be32("PageMask"), be16("ASID"),
                                   be16("flags"), be64("PFN0"),     be64("PFN1")};
constexpr std::array tlb3_parts{be32("VPN"),   be32("PageMask"), be16("ASID"), be32("MMID"),
                                be16("flags"), be64("PFN0"),     be64("PFN1")};
constexpr std::array tlb3_64_parts{be64("VPN"),   be32("PageMask"), be16("ASID"), be32("MMID"),
                                   be16("flags"), be64("PFN0"),     be64("PFN1")};
template <std::uint32_t version>
bool is_version(const Where& where) {
  return where.version == version;
}
// Of a version all come into question: the size tells registers of 32 bits from those of 64.
constexpr std::array tlbs{
    Layout{"tlb_entry", tlb2_parts, 2, {}, is_version<2>},
    Layout{"tlb_entry, 64 bits", tlb2_64_parts, 2, {}, is_version<2>},
    Layout{"tlb_entry", tlb3_parts, 3, {}, is_version<3>},
    Layout{"tlb_entry, 64 bits", tlb3_64_parts, 3, {}, is_version<3>},
};

// HP PA-RISC.
constexpr std::array page_parts{be64("va"), be32("pa"), be32("bits")};
constexpr std::array range_parts{be64("first"), be64("last"), be64("pa"), be64("bits")};
constexpr std::array pages{Layout{"page", page_parts}, Layout{"range", range_parts}};

// x86: a number of 80 bits.
constexpr std::array extended_parts{be64("mantissa"), be16("exponent")};
constexpr Layout extended{"extended precision", extended_parts};

constexpr std::array types{
    LaidOutType{"slbe", structure("slbe", slbe)},         LaidOutType{"avr", structure("avr", vector)},
    LaidOutType{"fpr", structure("fpr", wide)},           LaidOutType{"tlb_entry", choice("tlb_entry", tlbs)},
    LaidOutType{"tlb entry", choice("tlb_entry", pages)}, LaidOutType{"fpreg", structure("fpreg", extended)},
};
static_assert(are_sound(types));

}  // namespace

std::span<const LaidOutType> cpu_layouts() { return types; }

}  // namespace qember::device
