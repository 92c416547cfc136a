// SPDX-License-Identifier: GPL-3.0-or-later
// Two states that differ in one field have different hashes, whichever field it is.
#include <gtest/gtest.h>

#include <functional>

#include "engine/snapshot/snapshot.h"

namespace mm {
namespace {

/// A small machine with something in every list.
MachineState some_state() {
    MachineState s;
    s.numa.real_node = {0, 0};
    s.numa.cpu_to_node = {0, 1};
    s.numa.distance = {{10, 20}, {20, 10}};
    s.cma_areas = {{64 * MiB, 80 * MiB}};
    s.efi_boot_services = {{96 * MiB, 97 * MiB}};
    s.zones.memory = {{{16, 4096}, {0, ZoneType::dma}}};
    s.zones.pageblock_type.assign(8, 0);
    s.zones.nodes.emplace_back();
    s.zones.nodes[0].zones[0].pcp.resize(1);
    s.zones.nodes[0].fallback = {{0, ZoneType::dma}};
    s.zones.nodes[0].fallback_nodes = {0};
    return s;
}

TEST(StateHash, EveryFieldCounts) {
    struct Change {
        const char* what;
        std::function<void(MachineState&)> make;
    };
    const auto zone = [](MachineState& s) -> Zone& { return s.zones.nodes[0].zones[0]; };
    const Change changes[] = {
        {"batch of the per-CPU lists", [&](MachineState& s) { zone(s).pageset_batch = 63; }},
        {"their high", [&](MachineState& s) { zone(s).pageset_high = 378; }},
        {"stat_threshold", [&](MachineState& s) { zone(s).stat_threshold = 12; }},
        {"low watermark", [&](MachineState& s) { zone(s).watermark[1] = 5; }},
        {"a list's tail", [&](MachineState& s) { zone(s).free_area[3].free_list[1].last = 8; }},
        {"a CPU's pages", [&](MachineState& s) { zone(s).pcp[0].count = 3; }},
        {"what a CPU keeps to itself", [&](MachineState& s) { zone(s).pcp[0].free_diff = -3; }},
        {"a boost", [&](MachineState& s) { zone(s).watermark_boost = 512; }},
        {"where compaction stopped", [&](MachineState& s) { zone(s).compact.migrate_pfn = 512; }},
        {"a NUMA counter", [&](MachineState& s) { ++zone(s).numa_stat[1]; }},
        {"kswapd", [](MachineState& s) { s.zones.nodes[0].kswapd_order = 3; }},
        {"a vm event", [](MachineState& s) { ++s.stats.vm.compact_fail; }},
        {"interleaving", [](MachineState& s) { s.il_prev = 1; }},
        {"CPUs of a node", [](MachineState& s) { s.zones.nodes[0].online_cpus = 2; }},
        {"a node that is only possible", [](MachineState& s) { s.zones.nodes[0].online = false; }},
        {"order of nodes", [](MachineState& s) { s.zones.nodes[0].fallback_nodes = {1}; }},
        {"which zone frames are of", [](MachineState& s) { s.zones.memory[0].zone.type = ZoneType::normal; }},
        {"a pageblock's type", [](MachineState& s) { s.zones.pageblock_type.set(7, 1); }},
        {"min_free_kbytes", [](MachineState& s) { s.zones.min_free_kbytes = 67584; }},
        {"real node of a fake one", [](MachineState& s) { s.numa.real_node[1] = 1; }},
        {"node of a CPU", [](MachineState& s) { s.numa.cpu_to_node[1] = 0; }},
        {"a distance", [](MachineState& s) { s.numa.distance[0][1] = 21; }},
        {"online CPUs", [](MachineState& s) { s.online_cpus = 4; }},
        {"EFI's boot services", [](MachineState& s) { s.efi_boot_services[0].end += MiB; }},
        {"a CMA area", [](MachineState& s) { s.cma_areas[0].end += MiB; }},
        {"bounce buffers",
         [](MachineState& s) {
             s.swiotlb = {MiB, 2 * MiB};
         }},
    };
    const FrozenPages pages;
    const std::uint64_t before = state_hash(some_state(), pages);
    EXPECT_EQ(state_hash(some_state(), pages), before);
    for (const Change& change : changes) {
        MachineState s = some_state();
        change.make(s);
        EXPECT_NE(state_hash(s, pages), before) << change.what;
    }
}

}  // namespace
}  // namespace mm
