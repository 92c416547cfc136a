// SPDX-License-Identifier: GPL-3.0-or-later
// How arch/x86 changed from 2.6.32 on.
#include <array>

#include "engine/profile/profile_steps.h"

namespace mm {
namespace {

using P = KernelProfile;

constexpr std::array x86_rows{
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
    VersionStep{{4, 15, 0}, "4.15", [](P& p) { p.pgd_order = p.arch == Arch::x86_64 || p.pae ? 1 : 0; }},
    // Configured for a small machine: 64 nodes, no ZONE_DEVICE, all struct pages initialised early. Stable kernels from
    // 4.17.6 on reserve what is not RAM.
    VersionStep{{4, 17, 0},
                "4.17",
                [](P& p) {
                    p.reserves_non_ram = true;
                    p.nodes_shift = 6;
                    p.pgdat_size = 0x4000;
                    p.zone_device = false;
                    p.deferred_struct_page_init = false;
                }},
    VersionStep{{4, 18, 0},
                "4.18",
                [](P& p) {
                    p.log.e820_titles = false;
                    p.nodes_shift = 10;
                    p.pgdat_size = 0x2b000;
                    p.zone_device = true;
                    p.deferred_struct_page_init = p.arch == Arch::x86_64;
                }},
    VersionStep{{4, 20, 0}, "4.20", [](P& p) { p.reserves_non_ram = false; }},
    VersionStep{{5, 2, 0},
                "5.2",
                [](P& p) {
                    if (p.arch != Arch::x86_64) return;
                    p.crash_low_max = 4 * GiB;
                    p.crash_falls_back_high = true;
                }},
    VersionStep{{5, 5, 0}, "5.5", [](P& p) { p.crashkernel_keeps_low_1m = true; }},
    // All of the first MiB is kept from the allocators.
    VersionStep{{5, 13, 0}, "5.13", [](P& p) { p.trim_low_memory = 1 * MiB; }},
    VersionStep{{5, 19, 0}, "5.19", [](P& p) { p.real_mode_size = 28672; }},
    VersionStep{{6, 1, 0}, "6.1", [](P& p) { p.node_min_size = 0; }},
    VersionStep{{6, 7, 0}, "6.7", [](P& p) { p.crash_generic = true; }},
    VersionStep{{6, 11, 0}, "6.11", [](P& p) { p.acpi_ends_ram = true; }},
    VersionStep{{7, 1, 0}, "7.1", [](P& p) { p.early_end_of_low_ram = true; }},
};

}  // namespace

std::span<const VersionStep> x86_steps() {
    return x86_rows;
}

}  // namespace mm
