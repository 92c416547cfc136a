// SPDX-License-Identifier: GPL-3.0-or-later
// Reading a dump of a running machine's tables, and what becomes of each page in the comparison.
#include "engine/pgtable/real_tables.h"

#include <gtest/gtest.h>

#include <sstream>

namespace mm {
namespace {

constexpr VirtAddr base = 0xffff888000000000;

LayoutInput layout() {
    LayoutInput in;
    in.space = address_space_for(Arch::x86_64, {6, 1, 0});
    in.max_low_pfn = pfn_down(16 * MiB);
    in.image = {8 * MiB, 10 * MiB};
    return in;
}

/// [0 .. 16M) at PAGE_OFFSET in 2M leaves.
PageTables direct_map() {
    PageTables t(7, PagingMode::x86_64);
    t.map_missing(base, {0, 16 * MiB}, 2 * MiB, page_kernel, [next = Pfn{100}](PtLevel) mutable { return next++; });
    return t;
}

std::vector<RealRange> dump(const std::string& text) {
    std::istringstream in(text);
    auto ranges = read_real_tables(in, "dump");
    EXPECT_TRUE(ranges) << (ranges ? "" : ranges.error().text());
    return ranges ? *ranges : std::vector<RealRange>{};
}

AreaAgreement compared(const std::string& text) {
    const auto rows = compare_tables(direct_map(), dump(text), layout());
    for (const AreaAgreement& row : rows)
        if (row.area == "direct map") return row;
    return {};
}

TEST(RealTables, ALineIsRead) {
    const auto ranges = dump("ffff888000200000-ffff8880009fffff -> 0000000000200000 2M XGP-----W\n");
    ASSERT_EQ(ranges.size(), 1U);
    EXPECT_EQ(ranges[0].virt, (VirtRange{base + 2 * MiB, base + 10 * MiB}));
    EXPECT_EQ(ranges[0].phys, 2 * MiB);
    EXPECT_EQ(ranges[0].leaf_size, 2 * MiB);
    EXPECT_TRUE(ranges[0].writable && ranges[0].no_execute && !ranges[0].cache_disabled);
    EXPECT_EQ(dump("c0000000-c0000fff -> 8000000000000000 4K XG-------\n")[0].phys, 0U) << "PAE's no-execute bit";
}

TEST(RealTables, BadLinesAreNamed) {
    for (const char* text : {"", "hello\n", "ffff888000200000-ffff8880009fffff -> 0 3M XGP-----W\n",
                             "ffff888000200000-ffff888000000000 -> 0 4K XGP-----W\n", "0-fff -> 0 4K X\n"}) {
        std::istringstream in(std::string("\n") + text);
        const auto ranges = read_real_tables(in, "dump");
        ASSERT_FALSE(ranges) << text;
        EXPECT_NE(ranges.error().text().find("dump"), std::string::npos);
    }
}

TEST(CompareTables, EqualTablesAgree) {
    const AreaAgreement all = compared("ffff888000000000-ffff888000ffffff -> 0000000000000000 2M XGP-----W\n");
    EXPECT_EQ(all.of(PageFate::equal), 4096U);
    EXPECT_EQ(all.total(), 4096U);
    EXPECT_EQ(all.unexplained(), 0U);
}

//   [2M W][2M: 1 page read-only, 511 W][..]    Expect: split for a reason, the page itself as text of a module
TEST(CompareTables, ASplitNeedsAChangedNeighbour) {
    const std::string before = "ffff888000000000-ffff8880001fffff -> 0000000000000000 2M XGP-----W\n";
    const std::string after = "ffff888000400000-ffff888000ffffff -> 0000000000400000 2M XGP-----W\n";
    const AreaAgreement changed =
        compared(before + "ffff888000200000-ffff888000200fff -> 0000000000200000 4K XG-------\n" +
                 "ffff888000201000-ffff8880003fffff -> 0000000000201000 4K XG------W\n" + after);
    EXPECT_EQ(changed.of(PageFate::module_text), 1U);
    EXPECT_EQ(changed.of(PageFate::split), 511U);
    EXPECT_EQ(changed.unexplained(), 0U);
    const AreaAgreement plain =
        compared(before + "ffff888000200000-ffff8880003fffff -> 0000000000200000 4K XG------W\n" + after);
    EXPECT_EQ(plain.of(PageFate::different), 512U) << "nothing in the leaf explains its split";
    EXPECT_FALSE(plain.first_differences.empty());
}

TEST(CompareTables, TheImagesAliasIsReadOnly) {
    const AreaAgreement r = compared(
        "ffff888000000000-ffff8880007fffff -> 0000000000000000 2M XGP-----W\n"
        "ffff888000800000-ffff8880009fffff -> 0000000000800000 2M XGP------\n"
        "ffff888000a00000-ffff888000ffffff -> 0000000000a00000 2M XGP-----W\n");
    EXPECT_EQ(r.of(PageFate::text_ro), 512U);
    EXPECT_EQ(r.unexplained(), 0U);
}

TEST(CompareTables, MissingExtraAndWrongFrames) {
    const AreaAgreement r = compared(
        "ffff888000000000-ffff888000bfffff -> 0000000000000000 2M XGP-----W\n"
        "ffff888000c00000-ffff888000dfffff -> 0000000000e00000 2M XGP-----W\n");
    EXPECT_EQ(r.of(PageFate::different), 512U);
    EXPECT_EQ(r.of(PageFate::missing), 512U);
    EXPECT_EQ(r.unexplained(), 1024U);
    const AreaAgreement more = compared("ffff888000000000-ffff8880011fffff -> 0000000000000000 2M XGP-----W\n");
    EXPECT_EQ(more.of(PageFate::extra), 512U) << "mapped beyond memory";
}

TEST(CompareTables, KaslrMovesTheDirectMapAsAWhole) {
    const AreaAgreement r = compared("ffff8d6940000000-ffff8d6940ffffff -> 0000000000000000 2M XGP-----W\n");
    EXPECT_EQ(r.of(PageFate::equal), 4096U);
    EXPECT_EQ(r.unexplained(), 0U);
}

TEST(CompareTables, EveryExplainedFateHasAFunction) {
    for (std::size_t i = 1; i < static_cast<std::size_t>(PageFate::different); ++i)
        EXPECT_FALSE(reason_of(static_cast<PageFate>(i)).empty()) << i;
}

}  // namespace
}  // namespace mm
