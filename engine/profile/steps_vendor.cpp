// SPDX-License-Identifier: GPL-3.0-or-later
// Kernels that vendors keep at an old version number with much of newer kernels in them.
#include <array>

#include "engine/profile/profile_steps.h"

namespace mm {
namespace {

constexpr void no_change(KernelProfile&) {}

constexpr std::array steps{
    VendorStep{{2, 6, 32}, ".el6", "2.6.32-el6", no_change},
    VendorStep{{3, 10, 0}, ".el7", "3.10-el7", no_change},
};

}  // namespace

std::span<const VendorStep> vendor_steps() {
    return steps;
}

}  // namespace mm
