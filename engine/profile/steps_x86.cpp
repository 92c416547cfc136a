// SPDX-License-Identifier: GPL-3.0-or-later
// How arch/x86 changed from 2.6.32 on.
#include <array>

#include "engine/profile/profile_steps.h"

namespace mm {
namespace {

constexpr std::array steps{
    // All of the first MiB is kept from the allocators.
    VersionStep{{5, 13, 0}, "5.13", [](KernelProfile& p) { p.trim_low_memory = 1 * MiB; }},
};

}  // namespace

std::span<const VersionStep> x86_steps() {
    return steps;
}

}  // namespace mm
