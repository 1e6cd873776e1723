// SPDX-License-Identifier: LGPL-2.1-or-later
/// Registers that are no fields, or not as they are.
#pragma once

#include "register_table.hpp"

namespace qember::device {

bool runs_aarch32(const FieldValues& values);
bool runs_aarch64(const FieldValues& values);
void complete_aarch64(const FieldValues& values, std::vector<Register>& registers);
void complete_riscv(const FieldValues& values, std::vector<Register>& registers);
void complete_ppc(const FieldValues& values, std::vector<Register>& registers);
void complete_sparc(const FieldValues& values, std::vector<Register>& registers);
void complete_m68k(const FieldValues& values, std::vector<Register>& registers);
void complete_alpha(const FieldValues& values, std::vector<Register>& registers);

}  // namespace qember::device
