// SPDX-License-Identifier: GPL-3.0-or-later
// Choosing page sizes and the order of mapping.
#include "engine/pgtable/direct_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mm {
namespace {

using ::testing::ElementsAre;

constexpr VirtAddr page_offset = 0xffff888000000000, page_offset_la57 = 0xff11000000000000;

struct Recorder : EventSink {
    std::vector<PhysRange> mapped;
    std::vector<std::string> log;
    void event(const Event& e, std::string_view) override {
        if (e.kind == EventKind::init_memory_mapping) mapped.push_back(e.touched);
    }
    void printk(std::string line) override { log.push_back(std::move(line)); }
};

//   [1M..2M) 4k [2M..1G) 2M [1G..3G) 1G [3G..3G+4M) 2M [.. +8K) 4k
TEST(SplitMemRange, HeadAndTailGetSmallerPages) {
    const Memblock none;
    const PhysRange range{MiB, 3 * GiB + 4 * MiB + 8 * KiB};
    EXPECT_THAT(split_mem_range(range, true, none),
                ElementsAre(MapRange{{MiB, 2 * MiB}, page_size}, MapRange{{2 * MiB, GiB}, 2 * MiB},
                            MapRange{{GiB, 3 * GiB}, GiB}, MapRange{{3 * GiB, 3 * GiB + 4 * MiB}, 2 * MiB},
                            MapRange{{3 * GiB + 4 * MiB, range.end}, page_size}));
    EXPECT_THAT(split_mem_range(range, false, none),
                ElementsAre(MapRange{{MiB, 2 * MiB}, page_size}, MapRange{{2 * MiB, 3 * GiB + 4 * MiB}, 2 * MiB},
                            MapRange{{3 * GiB + 4 * MiB, range.end}, page_size}));
    EXPECT_THAT(split_mem_range({5 * MiB, 5 * MiB}, true, none), ElementsAre());
    EXPECT_THAT(split_mem_range({4 * KiB, 12 * KiB}, true, none),
                ElementsAre(MapRange{{4 * KiB, 12 * KiB}, page_size}));
}

TEST(SplitMemRange, SmallPiecesUseLargePagesWhereAllAroundIsMemory) {
    Memblock m;
    m.add(MiB, 4 * GiB);
    EXPECT_THAT(split_mem_range({MiB, 3 * MiB}, false, m),
                ElementsAre(MapRange{{MiB, 2 * MiB}, page_size}, MapRange{{2 * MiB, 3 * MiB}, 2 * MiB}));
    EXPECT_THAT(split_mem_range({GiB + MiB, GiB + 7 * MiB}, true, m),
                ElementsAre(MapRange{{GiB + MiB, GiB + 7 * MiB}, GiB}));
}

DirectMapInput input(Bytes memory) {
    DirectMapInput in;
    in.page_offset = page_offset;
    in.max_pfn = in.max_low_pfn = pfn_down(memory);
    in.brk_buffer = pfn_down(0x4405000);
    in.brk_pages = 12;
    in.top_table = pfn_down(0x2a10000);
    in.kernel_end = 0x4430000;
    return in;
}

Memblock memory_of(Bytes size) {
    Memblock m;
    m.add(0x1000, 0x9e000);
    m.add(MiB, size - MiB);
    m.reserve(0, MiB, "low");
    m.reserve(0x1000000, 0x3430000, "kernel image");
    return m;
}

//   Expect  ISA range, the top 2 MiB, then steps that grow 256-fold as more is mapped
TEST(InitMemMapping, TopDownFromTheEndInGrowingSteps) {
    Recorder recorder;
    Memblock m = memory_of(GiB);
    const DirectMap map = init_mem_mapping(input(GiB), {}, BootMemblock(m, Tracer(&recorder)));
    EXPECT_THAT(recorder.mapped, ElementsAre(PhysRange{0, MiB}, PhysRange{GiB - 2 * MiB, GiB},
                                             PhysRange{512 * MiB, GiB - 2 * MiB}, PhysRange{MiB, 512 * MiB}));
    EXPECT_THAT(map.pfn_mapped, ElementsAre(PfnRange{0, pfn_down(GiB)}));
    EXPECT_EQ(map.max_pfn_mapped, pfn_down(GiB));
    EXPECT_EQ(map.max_low_pfn_mapped, pfn_down(GiB));
    EXPECT_EQ(m.current_limit(), GiB);
    EXPECT_EQ(map.brk_tables_used, 3U) << "PUD and PMD of the first GiB, one PTE table for the first 2 MiB";
    EXPECT_TRUE(recorder.log.empty());
    EXPECT_EQ(map.tables.check(), Broken{});
}

//   movable_node: from the kernel's end upwards first, then what is below
TEST(InitMemMapping, BottomUpStartsAboveTheKernel) {
    Recorder recorder;
    Memblock m = memory_of(GiB);
    m.set_bottom_up(true);
    DirectMapInput in = input(GiB);
    in.bottom_up = true;
    const DirectMap map = init_mem_mapping(in, {}, BootMemblock(m, Tracer(&recorder)));
    ASSERT_GE(recorder.mapped.size(), 3U);
    EXPECT_EQ(recorder.mapped[0], (PhysRange{0, MiB}));
    EXPECT_EQ(recorder.mapped[1], (PhysRange{0x4430000, 0x4600000}));
    EXPECT_EQ(recorder.mapped.back().end, in.kernel_end);
    EXPECT_THAT(map.pfn_mapped, ElementsAre(PfnRange{0, pfn_down(GiB)}));
    const Walk walk = map.tables.walk(in.page_offset + 0x4430000);
    EXPECT_EQ(walk.phys, PhysAddr{0x4430000}) << "the large leaf around the kernel's end is aligned";
    EXPECT_EQ(walk.leaf_size, 2 * MiB);
    EXPECT_EQ(map.tables.check(), Broken{});
}

TEST(InitMemMapping, GigabytePagesAndFiveLevels) {
    Recorder recorder;
    Memblock m = memory_of(4 * GiB);
    DirectMapInput in = input(4 * GiB);
    in.gb_pages = in.la57 = true;
    in.page_offset = page_offset_la57;
    const DirectMap map = init_mem_mapping(in, {}, BootMemblock(m, Tracer(&recorder)));
    EXPECT_THAT(recorder.log, ElementsAre("Using GB pages for direct mapping"));
    EXPECT_EQ(map.tables.walk(in.page_offset + 2 * GiB).leaf_size, GiB);
    EXPECT_EQ(map.tables.walk(in.page_offset + 2 * MiB).leaf_size, 2 * MiB);
    EXPECT_EQ(map.tables.walk(in.page_offset + 2 * GiB).steps.size(), 3U);
    EXPECT_EQ(map.tables.check(), Broken{});
}

//   memory  [1M..64M)   hole   [1G..1G+64M)       the hole is not mapped
TEST(InitMemMapping, OnlyMemoryIsMapped) {
    Memblock m;
    m.add(MiB, 63 * MiB);
    m.add(GiB, 64 * MiB);
    m.reserve(0x1000000, 0x3000000, "kernel image");
    const DirectMap map = init_mem_mapping(input(GiB + 64 * MiB), {}, BootMemblock(m));
    EXPECT_THAT(map.pfn_mapped,
                ElementsAre(PfnRange{0, pfn_down(64 * MiB)}, PfnRange{pfn_down(GiB), pfn_down(GiB + 64 * MiB)}));
    EXPECT_FALSE(map.tables.walk(page_offset + 512 * MiB).phys);
}

TEST(InitMemMapping, LargeMachinesDoNotNeedOneLeafAtATime) {
    Memblock m = memory_of(TiB);
    const DirectMap map = init_mem_mapping(input(TiB), {}, BootMemblock(m));
    EXPECT_EQ(map.max_pfn_mapped, pfn_down(TiB));
    // One PMD table a GiB, two PUD tables (512 GiB each), the PTE table of the first 2 MiB, the top table.
    EXPECT_EQ(map.tables.tables().size(), 1024U + 2 + 1 + 1);
    EXPECT_EQ(map.tables.check(), Broken{});
}

}  // namespace
}  // namespace mm
