// SPDX-License-Identifier: GPL-3.0-or-later
// What mminit_loglevel= tells.
#include "engine/mmzone/mminit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Log : EventSink {
    std::vector<std::string> lines;
    void event(const Event&, std::string_view) override {}
    void printk(std::string line) override { lines.push_back(std::move(line)); }
};

const KernelProfile& x86_64() {
    return profile_for(Arch::x86_64, {6, 1, 0});
}

Zone zone_of(ZoneType type, Pfn start, NrPages spanned, NrPages present) {
    Zone zone;
    zone.type = type;
    zone.start_pfn = start;
    zone.spanned = spanned;
    zone.present = present;
    return zone;
}

//   page->flags   | node 10 | zone 3 | last cpupid 21 | gen 3 | tier 2 | flags 25 |  64 bits, none to spare
TEST(Mminit, TheLayoutOfPageFlags) {
    Log log;
    mminit::print_pageflags_layout(x86_64(), 4, Tracer(&log));
    EXPECT_THAT(
        log.lines,
        ElementsAre("mminit::pageflags_layout_widths Section 0 Node 10 Zone 3 Lastcpupid 21 Kasantag 0 Gen 3 Tier 2 "
                    "Flags 25",
                    "mminit::pageflags_layout_shifts Section 19 Node 10 Zone 3 Lastcpupid 21 Kasantag 0",
                    "mminit::pageflags_layout_pgshifts Section 0 Node 54 Zone 51 Lastcpupid 30 Kasantag 0",
                    "mminit::pageflags_layout_nodezoneid Node/Zone ID: 64 -> 51",
                    "mminit::pageflags_layout_usage location: 64 -> 25 layout 25 -> 25 unused 25 -> 0 page-flags"));
}

TEST(Mminit, TheLevelDecides) {
    Log log;
    Zones zones;
    mminit::print_pageflags_layout(x86_64(), 2, Tracer(&log));
    mminit::print_memmap_init(x86_64(), zone_of(ZoneType::dma32, 4096, 100, 100), 2, Tracer(&log));
    mminit::print_zonelists(x86_64(), zones, Tracer(&log));
    EXPECT_THAT(log.lines, IsEmpty());
}

//   node 0   DMA, DMA32; Normal has no pages and no list
TEST(Mminit, AZonelistForEachPopulatedZone) {
    Zones zones;
    zones.mminit_loglevel = 1;
    Node node;
    node.zones[0] = zone_of(ZoneType::dma, 1, 4095, 3998);
    node.zones[1] = zone_of(ZoneType::dma32, 4096, 1000, 1000);
    node.zones[2] = zone_of(ZoneType::normal, 0, 0, 0);
    node.fallback = node.thisnode = {{0, ZoneType::dma32}, {0, ZoneType::dma}};
    zones.nodes = {node};
    Log log;
    mminit::print_zonelists(x86_64(), zones, Tracer(&log));
    EXPECT_THAT(
        log.lines,
        ElementsAre("mminit::zonelist general 0:DMA = 0:DMA ", "mminit::zonelist general 0:DMA32 = 0:DMA32 0:DMA ",
                    "mminit::zonelist thisnode 0:DMA = 0:DMA ", "mminit::zonelist thisnode 0:DMA32 = 0:DMA32 0:DMA "));
}

TEST(Mminit, AZonesNumberCountsTheConfiguredOnes) {
    Log log;
    mminit::print_memmap_init(profile_for(Arch::i386, {6, 1, 0}), zone_of(ZoneType::normal, 4096, 100, 100), 4,
                              Tracer(&log));
    EXPECT_THAT(log.lines, ElementsAre("mminit::memmap_init Initialising map node 0 zone 1 pfns 4096 -> 4196"));
}

}  // namespace
}  // namespace mm
