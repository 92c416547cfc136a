// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mmzone/memory_model.h"

#include <gtest/gtest.h>

namespace mm {
namespace {

// Sections of 32768 frames, struct pages of 64 bytes.
//
//      node 0  [1 .. 20000)           sections 0
//      hole                           sections 1
//      node 1  [65536 .. 131072)      sections 2 and 3
class MemoryModels : public testing::Test {
protected:
    MemoryModels() {
        m_zones.nodes.resize(2);
        m_zones.nodes[0].start_pfn = 1;
        m_zones.nodes[0].spanned = 19999;
        m_zones.nodes[1].nid = 1;
        m_zones.nodes[1].start_pfn = 65536;
        m_zones.nodes[1].spanned = 65536;
    }
    MemMap map(MemoryModel model) const { return mem_map_of(model, m_zones, m_sections, m_profile, m_bases); }
    /// Expect: frames with a struct page and back, the ends of pieces included; no two frames share one.
    static void expect_round_trips(const MemMap& map) {
        VirtAddr last_end = 0;
        for (const MemMapPiece& piece : map.pieces())
            for (const Pfn pfn : {piece.frames.start, piece.frames.start + 7, piece.frames.end - 1}) {
                const auto page = map.pfn_to_page(pfn);
                ASSERT_TRUE(page);
                EXPECT_EQ(map.page_to_pfn(*page), pfn);
                EXPECT_EQ(map.page_to_pfn(*page + 63), pfn) << "any address inside counts";
                if (pfn == piece.frames.start && map.model() != MemoryModel::sparse) {
                    EXPECT_GE(*page, last_end);
                }
                last_end = *page + 64;
            }
    }

    const KernelProfile& m_profile = profile_for(Arch::x86_64, {6, 1, 0});
    Zones m_zones;
    std::vector<Section> m_sections{
        {0, 0, {0x4000000, 0x4200000}}, {2, 1, {0x2000000, 0x2200000}}, {3, 1, {0x2200000, 0x2400000}}};
    MemMapBases m_bases{.page_offset = 0xffff888000000000, .vmemmap = 0xffffea0000000000, .mem_map = 0xc1000000};
};

TEST_F(MemoryModels, vmemmap_counts_from_one_place_and_leaves_out_absent_sections) {
    const MemMap m = map(MemoryModel::sparse_vmemmap);
    EXPECT_EQ(m.pfn_to_page(0), 0xffffea0000000000);
    EXPECT_EQ(m.pfn_to_page(0x10001), 0xffffea0000400040);
    EXPECT_EQ(m.pfn_to_page(32768), std::nullopt) << "section 1";
    EXPECT_EQ(m.page_to_pfn(0xffffea0000200000), std::nullopt);
    EXPECT_EQ(m.bytes(), 3 * 2 * MiB);
    expect_round_trips(m);
}

TEST_F(MemoryModels, sparsemem_uses_each_sections_array_in_the_direct_map) {
    const MemMap m = map(MemoryModel::sparse);
    EXPECT_EQ(m.pfn_to_page(0), 0xffff888004000000);
    EXPECT_EQ(m.pfn_to_page(65537), 0xffff888002000040) << "below section 0's array";
    EXPECT_EQ(m.page_to_pfn(0xffff888002200000), Pfn{3 * 32768});
    expect_round_trips(m);
}

TEST_F(MemoryModels, flatmem_pays_for_the_hole) {
    const MemMap m = map(MemoryModel::flat);
    EXPECT_EQ(m.pieces().size(), 1u);
    EXPECT_EQ(m.pfn_to_page(1), 0xc1000040u) << "the array starts with the block of the highest order";
    EXPECT_EQ(m.pfn_to_page(40000), 0xc1000000u + 40000 * 64) << "a hole, with a struct page";
    EXPECT_EQ(m.pfn_to_page(131072), std::nullopt);
    EXPECT_EQ(m.bytes(), 131072u * 64);
    expect_round_trips(m);
}

TEST_F(MemoryModels, discontigmem_pays_for_blocks_of_the_highest_order_only) {
    const MemMap m = map(MemoryModel::discontig);
    EXPECT_EQ(m.pieces().size(), 2u);
    EXPECT_EQ(m.pieces()[0].frames, (PfnRange{0, 20480}));
    EXPECT_EQ(m.pfn_to_page(20480), std::nullopt);
    EXPECT_EQ(m.pfn_to_page(65536), 0xc1000000u + 20480 * 64) << "the second array follows";
    expect_round_trips(m);
}

/// node 1 begins in node 0's last block of the highest order. Expect: the frame belongs to one array.
TEST_F(MemoryModels, discontigmem_gives_a_shared_block_to_the_first_node) {
    m_zones.nodes[1].start_pfn = 20000;
    const MemMap m = map(MemoryModel::discontig);
    EXPECT_EQ(m.pieces()[1].frames.start, 20480u);
    expect_round_trips(m);
}

TEST_F(MemoryModels, no_memory_no_struct_pages) {
    m_zones.nodes.clear();
    m_sections.clear();
    for (const MemoryModel model :
         {MemoryModel::flat, MemoryModel::discontig, MemoryModel::sparse, MemoryModel::sparse_vmemmap}) {
        EXPECT_TRUE(map(model).pieces().empty());
        EXPECT_EQ(map(model).pfn_to_page(0), std::nullopt);
        EXPECT_EQ(map(model).page_to_pfn(0), std::nullopt);
    }
}

}  // namespace
}  // namespace mm
