// SPDX-License-Identifier: GPL-3.0-or-later
// How arch/arm64 changed.
#include <array>

#include "engine/profile/profile_steps.h"

namespace mm {
namespace {

constexpr std::array arm64_rows{
    // A crash kernel may lie above where devices reach, with a low part of its own.
    VersionStep{{6, 2, 0}, "6.2", [](KernelProfile& p) { p.crash_generic = true; }},
};

}  // namespace

std::span<const VersionStep> arm64_steps() {
    return arm64_rows;
}

}  // namespace mm
