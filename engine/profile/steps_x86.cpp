// SPDX-License-Identifier: GPL-3.0-or-later
// How arch/x86 changed from 2.6.32 on.
#include <array>

#include "engine/profile/profile_steps.h"

namespace mm {
namespace {

using P = KernelProfile;

constexpr std::array steps{
    VersionStep{{2, 6, 39}, "2.6.39", [](P& p) { p.log.bootmem_nodes = false; }},
    // struct page is aligned for cmpxchg16b.
    VersionStep{{3, 2, 0},
                "3.2",
                [](P& p) {
                    if (p.arch == Arch::x86_64) p.struct_page_size = 64;
                }},
    VersionStep{{3, 5, 0},
                "3.5",
                [](P& p) {
                    p.log.mem_ranges = true;
                    p.log.e820_titles = true;
                    p.real_mode_size = 24576;
                }},
    // The low 64 KiB stay in the map, and are reserved in memblock.
    VersionStep{{3, 9, 0}, "3.9", [](P& p) { p.trim_bios_low = page_size; }},
    VersionStep{{3, 17, 0}, "3.17", [](P& p) { p.log.node_data_allocated = true; }},
    VersionStep{{3, 19, 0}, "3.19", [](P& p) { p.zones_end_with_ram = true; }},
    VersionStep{{4, 10, 0}, "4.10", [](P& p) { p.log.srat_in_acpi = true; }},
    VersionStep{{4, 18, 0}, "4.18", [](P& p) { p.log.e820_titles = false; }},
    // All of the first MiB is kept from the allocators.
    VersionStep{{5, 13, 0}, "5.13", [](P& p) { p.trim_low_memory = 1 * MiB; }},
    VersionStep{{5, 19, 0}, "5.19", [](P& p) { p.real_mode_size = 28672; }},
    VersionStep{{6, 1, 0}, "6.1", [](P& p) { p.node_min_size = 0; }},
};

}  // namespace

std::span<const VersionStep> x86_steps() {
    return steps;
}

}  // namespace mm
