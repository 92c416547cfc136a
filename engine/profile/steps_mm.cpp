// SPDX-License-Identifier: GPL-3.0-or-later
// How mm/ and kernel/ changed from 2.6.32 on, for all architectures.
#include <array>

#include "engine/profile/profile_steps.h"

namespace mm {
namespace {

using P = KernelProfile;

constexpr void no_change(P&) {}

constexpr std::array mm_rows{
    VersionStep{{3, 3, 0}, "3.3", [](P& p) { p.log.zones = ZoneWords::early_pfns; }},
    VersionStep{{3, 5, 0}, "3.5", [](P& p) { p.log.zones = ZoneWords::mem; }},
    // HighMem's memmap lies in low memory; zones full of holes; present and managed pages told apart.
    VersionStep{{3, 9, 0},
                "3.9",
                [](P& p) {
                    p.managed_pages = true;
                    p.memmap_by_present = true;
                    p.charges_highmem = false;
                }},
    VersionStep{{3, 11, 0}, "3.11", [](P& p) { p.log.memory_with_absent = false; }},
    VersionStep{{3, 16, 0}, "3.16", [](P& p) { p.zonelists_by_zone = p.arch == Arch::i386; }},
    VersionStep{{3, 17, 0}, "3.17", [](P& p) { p.log.initmem_of_zones = true; }},
    VersionStep{{4, 2, 0},
                "4.2",
                [](P& p) {
                    p.log.zones = ZoneWords::wide_mem;
                    p.deferred_struct_page_init = p.arch != Arch::i386;
                }},
    VersionStep{{4, 3, 0}, "4.3", [](P& p) { p.zone_device = p.arch != Arch::arm64; }},
    VersionStep{{4, 6, 0},
                "4.6",
                [](P& p) {
                    p.watermark_scale = true;
                    p.log.percpu_module = true;
                }},
    VersionStep{{4, 8, 0},
                "4.8",
                [](P& p) {
                    p.log.acpi_srat = true;
                    p.slub.random_freelists = true;
                }},
    VersionStep{{4, 14, 0}, "4.14", [](P& p) { p.log.zonelist_order = false; }},
    VersionStep{{4, 15, 0},
                "4.15",
                [](P& p) {
                    p.log.holes = HoleWords::reserved;
                    p.log.percpu_address = PercpuAddress::hidden;
                }},
    // Distributions take SLUB; 4.17 stands for a kernel with the older design.
    VersionStep{{4, 17, 0}, "4.17", [](P& p) { p.slab_design = SlabDesign::slab; }},
    VersionStep{{4, 18, 0}, "4.18", [](P& p) { p.slab_design = SlabDesign::slub; }},
    VersionStep{{4, 19, 0}, "4.19", [](P& p) { p.pcp_batch_limit = 1 * MiB; }},
    VersionStep{{4, 20, 0},
                "4.20",
                [](P& p) {
                    p.log.holes = HoleWords::zeroed;
                    p.slub.kmalloc_reclaim = true;
                }},
    VersionStep{{5, 0, 0}, "5.0", [](P& p) { p.watermark_boost = true; }},
    VersionStep{{5, 1, 0}, "5.1", [](P& p) { p.log.percpu_address = PercpuAddress::none; }},
    VersionStep{{5, 3, 0}, "5.3", [](P& p) { p.log.linear_hashes = true; }},
    VersionStep{{5, 6, 0}, "5.6", [](P& p) { p.zeroes_last_section = true; }},
    VersionStep{{5, 8, 0},
                "5.8",
                [](P& p) {
                    p.log.hibernation_prefix = true;
                    p.log.deferred_words = true;
                    p.most_min_free_kbytes = 262144;
                }},
    // Stable 5.10 took the count by zone from 5.13; 5.11 did not.
    VersionStep{{5, 10, 30}, "5.10.30", [](P& p) { p.log.holes = HoleWords::node_zone; }},
    VersionStep{{5, 11, 0},
                "5.11",
                [](P& p) {
                    p.log.holes = HoleWords::zeroed;
                    p.slub.by_present_cpus = true;
                }},
    VersionStep{{5, 12, 0}, "5.12", [](P& p) { p.log.holes = HoleWords::zone; }},
    VersionStep{{5, 13, 0}, "5.13", [](P& p) { p.log.holes = HoleWords::node_zone; }},
    VersionStep{{5, 14, 0},
                "5.14",
                [](P& p) {
                    p.log.zone_sizes = false;
                    p.pcp_high_by_watermark = true;
                    p.slub.kmalloc_cgroup = true;
                    p.pcp = {.max_order = 3, .thp_lists = 3, .frees_more = true};
                }},
    VersionStep{{5, 16, 0}, "5.16", [](P& p) { p.log.fallback_order = true; }},
    VersionStep{{5, 17, 0},
                "5.17",
                [](P& p) {
                    p.log.memoryless_nodes = true;
                    p.possible_nodes_initialized = true;
                }},
    VersionStep{{5, 18, 0}, "5.18", no_change},
    VersionStep{{5, 19, 0}, "5.19", [](P& p) { p.pcp.thp_lists = 1; }},
    // One for movable and one for other huge pages came with 6.10 and went into stable 6.1.
    VersionStep{{6, 1, 0}, "6.1", [](P& p) { p.pcp.thp_lists = 2; }},
    VersionStep{{6, 7, 0}, "6.7", [](P& p) { p.slub.wastes_up_to_half = true; }},
    VersionStep{{6, 8, 0}, "6.8", [](P& p) { p.slub.min_order_lifts_max = true; }},
    // Managed pages are counted only when they are freed; until then all present pages count.
    VersionStep{{6, 10, 0}, "6.10", [](P& p) { p.charges_memmap = false; }},
};

}  // namespace

std::span<const VersionStep> mm_steps() {
    return mm_rows;
}

}  // namespace mm
