// SPDX-License-Identifier: GPL-3.0-or-later
// What profiles are made of: bases and steps, the data of this room. Private to it.
#pragma once

#include <span>

#include "engine/profile/kernel_profile.h"

namespace mm {

/// From this version on, on these architectures, the kernel differs so.
struct VersionStep {
    KernelVersion since;
    std::string_view name;  ///< "5.13": the profile that begins here
    void (*apply)(KernelProfile&);
};

/// A vendor's kernel of this version, told by a mark in its release (".el7"): what was taken from newer kernels.
struct VendorStep {
    KernelVersion version;
    std::string_view mark, name;  ///< ".el7", "3.10-el7"
    void (*apply)(KernelProfile&);
};

KernelProfile x86_64_base();
KernelProfile i386_base();
KernelProfile i386_pae_base();
KernelProfile arm64_base();

std::span<const VersionStep> mm_steps();    ///< mm/ and kernel/, all architectures
std::span<const VersionStep> x86_steps();   ///< arch/x86, 32 and 64 bits
std::span<const VersionStep> i386_steps();  ///< 32-bit only
std::span<const VersionStep> arm64_steps();
std::span<const VendorStep> vendor_steps();

}  // namespace mm
