// SPDX-License-Identifier: GPL-3.0-or-later
// How 32-bit x86 changed from 2.6.32 on, beside what it shares with 64 bits (steps_x86.cpp).
#include <array>

#include "engine/profile/profile_steps.h"

namespace mm {
namespace {

using P = KernelProfile;

constexpr std::array i386_rows{
    VersionStep{{3, 5, 0}, "3.5", [](P& p) { p.real_mode_size = 16384; }},
    // A rule of SPARSEMEM.
    VersionStep{{3, 9, 0}, "3.9", [](P& p) { p.memmap_by_present = false; }},
    // struct page has its memory cgroup, and is aligned to two longs.
    VersionStep{{3, 19, 0}, "3.19", [](P& p) { p.struct_page_size = 40; }},
    VersionStep{{5, 7, 0}, "5.7", [](P& p) { p.log.virtual_layout = false; }},
    VersionStep{{5, 19, 0}, "5.19", [](P& p) { p.real_mode_size = 16384; }},
};

}  // namespace

std::span<const VersionStep> i386_steps() {
    return i386_rows;
}

}  // namespace mm
