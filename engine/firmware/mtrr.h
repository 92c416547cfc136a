// SPDX-License-Identifier: GPL-3.0-or-later
// What the variable MTRRs say about memory: the frames that a write-back register covers, less what an uncachable or
// write-protecting one takes out again.
//
//      register 0  |write-back......................|
//      register 1                  |uncachable|
//      cached      |write-back.....)          |.....)
//
// Follows generic_get_mtrr() and x86_get_mtrr_mem_range(), arch/x86/kernel/cpu/mtrr/{generic,cleanup}.c, Linux 6.1.
#pragma once

#include <vector>

#include "engine/firmware/machine.h"

namespace mm {

/// The frames a variable MTRR covers; empty for a disabled one.
PfnRange frames_of(const MtrrVariable& reg);

struct MtrrCoverage {
    std::vector<PfnRange> write_back;   ///< sorted and disjoint
    std::vector<std::size_t> below_1m;  ///< uncachable registers below 1 MiB, where the fixed ranges decide
};
MtrrCoverage coverage(const MtrrState& mtrr);

/// Whether mtrr_trim_uncached_memory() relies on these registers: only on a set of nothing but write-back and
/// uncachable ones over an uncachable default; registers without any write-back one mean a virtual machine.
enum class MtrrVerdict : std::uint8_t { trim, leave, virtual_machine };
MtrrVerdict judge_mtrr(const MtrrState& mtrr);

}  // namespace mm
