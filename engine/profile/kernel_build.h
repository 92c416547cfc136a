// SPDX-License-Identifier: GPL-3.0-or-later
// What one compiled kernel adds to its version: the offsets behind function names in the log ("%pS") and the width of
// a physical address ("%pa"). Data, keyed by the release in the banner ("6.1.0-56-amd64").
//
// Not for what follows from version and architecture: that is the profile's.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/profile/kernel_profile.h"

namespace mm {

struct KernelSymbol {
    std::string_view function;
    std::string_view place;  ///< "+0xb0/0x13d": a return address in it
};

struct KernelBuild {
    std::string_view release;  ///< "6.1.0-56-amd64"
    std::string_view flavour;  ///< "-amd64": how its release ends
    Arch arch = Arch::x86_64;
    unsigned phys_addr_digits = 16;  ///< 2 * sizeof(phys_addr_t)
    std::span<const KernelSymbol> symbols;

    /// "memblock_alloc_range_nid+0xb0/0x13d"; the bare name where the offset is not known.
    std::string symbol(std::string_view function) const;
    /// "%pa": "0x0000000000098000".
    std::string address(PhysAddr addr) const;
    /// "[%pa-%pa]", the last byte included.
    std::string range(PhysRange range) const;
};

/// The build whose release the banner names; else one of its flavour; else one of the architecture.
const KernelBuild& kernel_build_for(std::string_view banner, Arch arch);

}  // namespace mm
