// SPDX-License-Identifier: GPL-3.0-or-later
// How mm/ and kernel/ changed from 2.6.32 on, for all architectures.
#include <array>

#include "engine/profile/profile_steps.h"

namespace mm {
namespace {

constexpr void no_change(KernelProfile&) {}

constexpr std::array steps{
    VersionStep{{4, 17, 0}, "4.17", no_change},
    VersionStep{{5, 18, 0}, "5.18", no_change},
    VersionStep{{6, 1, 0}, "6.1", no_change},
};

}  // namespace

std::span<const VersionStep> mm_steps() {
    return steps;
}

}  // namespace mm
