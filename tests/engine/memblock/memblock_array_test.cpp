// SPDX-License-Identifier: GPL-3.0-or-later
// A full array of regions: doubled out of memblock's own memory, or the call fails. And mirrored memory.
#include <gtest/gtest.h>

#include "engine/memblock/memblock.h"

namespace mm {
namespace {

constexpr Bytes array_256 = 2 * page_size;  ///< 256 regions of 24 bytes

struct Lines : EventSink {
    std::vector<std::string> printed;
    void event(const Event&, std::string_view) override {}
    void printk(std::string line) override { printed.push_back(std::move(line)); }
};

/// 64 MiB of memory, count single pages reserved at 1 MiB, 1 MiB + 8 KiB, ...
Memblock with_reserved(unsigned count) {
    Memblock m;
    m.add(0, 64 * MiB);
    for (PhysAddr i = 0; i < count; ++i)
        m.reserve(MiB + 2 * i * page_size, page_size, "piece");
    return m;
}

//   reserved   [#)[#)[#) ... 128 of them                              the array is full
//   + 1                                   [#)                         refused: resizing is not allowed yet
TEST(MemblockArray, a_full_array_refuses_before_resizing_is_allowed) {
    Memblock m = with_reserved(128);
    const Memblock before = m;
    EXPECT_FALSE(m.reserve(32 * MiB, page_size, "one more"));
    EXPECT_EQ(m, before);
    EXPECT_EQ(m.alloc({.size = page_size, .owner = "allocation"}), 0u);
    EXPECT_FALSE(m.phys_free(MiB, page_size)) << "two cuts might be needed";
    EXPECT_TRUE(m.reserve(MiB, page_size, "there already"));
    EXPECT_EQ(m.check(), Broken{});
}

//   reserved   [#)[#) ... 128 of them    [one more)                      [array of 256)
//              1 MiB                     32 MiB                          64 MiB - 8 KiB
TEST(MemblockArray, doubling_reserves_the_new_array_at_the_top) {
    Memblock m = with_reserved(128);
    m.allow_resize();
    EXPECT_TRUE(m.reserve(32 * MiB, page_size, "one more"));
    EXPECT_EQ(m.array(MemblockList::reserved).max, 256u);
    EXPECT_EQ(m.array(MemblockList::reserved).at, 64 * MiB - array_256);
    EXPECT_EQ(m.array(MemblockList::memory), MemblockArray{});
    EXPECT_EQ(m.reserved().size(), 130u);
    EXPECT_EQ(m.reserved_size(), 129 * page_size + array_256);
    EXPECT_EQ(m.check(), Broken{});
    // The second doubling gives the first array back.
    for (PhysAddr i = 0; m.array(MemblockList::reserved).max == 256; ++i)
        ASSERT_TRUE(m.reserve(33 * MiB + 2 * i * page_size, page_size, "more"));
    EXPECT_FALSE(m.is_reserved(64 * MiB - array_256));
    EXPECT_EQ(m.array(MemblockList::reserved).at, 64 * MiB - array_256 - 3 * page_size);
    EXPECT_EQ(m.check(), Broken{});
}

//   With memblock=debug: the new array, and when it is doubled in turn the old one
TEST(MemblockArray, doubling_is_told_where_that_is_asked_for) {
    Lines lines;
    const Tracer trace(&lines);
    Memblock m = with_reserved(128);
    m.allow_resize();
    m.set_debug(16, false);
    const PhysAddr at = 64 * MiB - array_256;
    EXPECT_EQ(m.array_range(MemblockList::reserved), PhysRange{});
    m.reserve(32 * MiB, page_size, "one more", trace);
    EXPECT_EQ(lines.printed, (std::vector<std::string>{
                                 "memblock: reserved is doubled to 256 at [0x0000000003ffe000-0x0000000003fff7ff]",
                                 "memblock_reserve: [0x0000000003ffe000-0x0000000003ffffff] memblock_double_array"}));
    EXPECT_EQ(m.array_range(MemblockList::reserved), (PhysRange{at, 64 * MiB}));
    lines.printed.clear();
    m.set_debug(8, false);
    for (PhysAddr i = 0; m.array(MemblockList::reserved).max == 256; ++i)
        m.reserve(33 * MiB + 2 * i * page_size, page_size, "more", trace);
    ASSERT_EQ(lines.printed.size(), 3u);
    EXPECT_EQ(lines.printed[0], "memblock: reserved is doubled to 512 at [0x03ffb000-0x03ffdfff]");
    EXPECT_EQ(lines.printed[1], "memblock_phys_free: [0x03ffe000-0x03ffffff] memblock_free");
}

//   An answer is told before the array that has to grow for it.
TEST(MemblockArray, the_answer_comes_before_the_doubling) {
    Lines lines;
    const Tracer trace(&lines);
    Memblock m = with_reserved(128);
    m.allow_resize();
    m.set_debug(16, false);
    PhysRange answer;
    const std::function<void(PhysRange)> found = [&](PhysRange range) {
        answer = range;
        EXPECT_TRUE(lines.printed.empty());
    };
    const PhysAddr at = m.alloc({.size = page_size, .owner = "one", .found = &found}, trace);
    EXPECT_EQ(answer, (PhysRange{at, at + page_size}));
    EXPECT_EQ(lines.printed.size(), 2u);
}

//   what comes  [62 MiB ................. 64 MiB)      nothing above: Expect the array right below it
TEST(MemblockArray, the_array_stays_clear_of_what_is_about_to_be_reserved) {
    Memblock m = with_reserved(128);
    m.allow_resize();
    EXPECT_TRUE(m.reserve(62 * MiB, 2 * MiB, "at the top"));
    EXPECT_EQ(m.array(MemblockList::reserved).at, 62 * MiB - array_256);
}

//   memory     [4K) [4K) [4K) ... 129 of them, none of 8 KiB       Expect: the 129th is lost, with the kernel's line
TEST(MemblockArray, without_room_for_the_array_the_region_is_lost) {
    Lines lines;
    const Tracer trace(&lines);
    Memblock m;
    m.allow_resize();
    for (PhysAddr i = 0; i < 128; ++i)
        ASSERT_TRUE(m.add(MiB + 2 * i * page_size, page_size, trace));
    EXPECT_FALSE(m.add(32 * MiB, page_size, trace));
    EXPECT_EQ(lines.printed,
              std::vector<std::string>{"memblock: Failed to double memory array from 128 to 256 entries !"});
    EXPECT_EQ(m.memory().size(), 128u);
    EXPECT_EQ(m.memory_size(), 128 * page_size);
    EXPECT_TRUE(m.reserved().empty());
}

//   memory     [mirrored 16M)[not ....................)     Expect: mirrored first, then a warning and the rest
TEST(MemblockMirror, mirrored_memory_is_preferred_while_there_is_some) {
    Lines lines;
    const Tracer trace(&lines);
    Memblock m;
    m.add(0, 64 * MiB);
    m.mark(0, 16 * MiB, memblock_mirror, true);
    EXPECT_EQ(m.memory().front().flags, 0u) << "kernelcore=mirror was not given";
    m.set_mirrored_kernelcore(true);
    m.mark(0, 16 * MiB, memblock_mirror, true);
    EXPECT_EQ(m.alloc({.size = 8 * MiB}, trace), 8 * MiB);
    EXPECT_TRUE(lines.printed.empty());
    EXPECT_EQ(m.alloc({.size = 16 * MiB}, trace), 48 * MiB);
    EXPECT_EQ(lines.printed,
              std::vector<std::string>{"Could not allocate 0x0000000001000000 bytes of mirrored memory"});
}

}  // namespace
}  // namespace mm
