// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/memblock/early_memtest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Lines : EventSink {
    std::vector<std::string> printed;
    void event(const Event&, std::string_view) override {}
    void printk(std::string line) override { printed.push_back(std::move(line)); }
};

class Memtest : public ::testing::Test {
protected:
    //   memory    [1M .................. 16M)   [32M .... 48M)
    //   reserved       [4M kernel 8M)
    Memtest() {
        memblock.add(MiB, 15 * MiB);
        memblock.add(32 * MiB, 16 * MiB);
        memblock.reserve(4 * MiB, 4 * MiB, "kernel image");
    }
    std::vector<std::string> run(unsigned patterns, std::vector<BadMemory> bad = {}, PhysRange window = {0, GiB}) {
        lines.printed.clear();
        early_memtest(patterns, window, bad, BootMemblock(memblock, Tracer(&lines)), 8);
        EXPECT_EQ(memblock.check(), Broken{});
        return lines.printed;
    }

    Memblock memblock;
    Lines lines;
};

TEST(MemtestParam, HowManyPatterns) {
    EXPECT_EQ(memtest_patterns("quiet"), 0u);
    EXPECT_EQ(memtest_patterns("memtest"), 17u);
    EXPECT_EQ(memtest_patterns("memtest=4"), 4u);
    EXPECT_EQ(memtest_patterns("memtest=4 memtest=x"), 4u) << "a wrong word changes nothing";
    EXPECT_EQ(memtest_patterns("memtest=4294967296"), 0u);
}

TEST_F(Memtest, EachPassWalksTheFreePieces) {
    EXPECT_THAT(run(0), IsEmpty());
    EXPECT_THAT(run(1),
                ElementsAre("early_memtest: # of tests: 1", "  0x00100000 - 0x00400000 pattern 0000000000000000",
                            "  0x00800000 - 0x01000000 pattern 0000000000000000",
                            "  0x02000000 - 0x03000000 pattern 0000000000000000"));
    EXPECT_EQ(memblock.reserved().size(), 1u) << "nothing is bad";
}

TEST_F(Memtest, TheLastPatternComesFirstAndZerosLast) {
    const auto printed = run(17, {}, {32 * MiB, 33 * MiB});
    ASSERT_EQ(printed.size(), 18u);
    EXPECT_EQ(printed[1], "  0x02000000 - 0x02100000 pattern 4c494e5558726c7a");
    EXPECT_EQ(printed[17], "  0x02000000 - 0x02100000 pattern 0000000000000000");
}

//   free   [8M ....... x 10M ....... 16M): reserved where found; the rest is walked again
TEST_F(Memtest, BadWordsAreReserved) {
    const PhysRange bad{10 * MiB, 10 * MiB + 16};
    const auto printed = run(2, {{~std::uint64_t{0}, bad}});
    EXPECT_THAT(printed,
                ElementsAre("early_memtest: # of tests: 2", "  0x00100000 - 0x00400000 pattern ffffffffffffffff",
                            "  0x00800000 - 0x01000000 pattern ffffffffffffffff",
                            "  ffffffffffffffff bad mem addr 0x00a00000 - 0x00a00010 reserved",
                            "  0x02000000 - 0x03000000 pattern ffffffffffffffff",
                            "  0x00100000 - 0x00400000 pattern 0000000000000000",
                            "  0x00800000 - 0x00a00000 pattern 0000000000000000",
                            "  0x00a00010 - 0x01000000 pattern 0000000000000000",
                            "  0x02000000 - 0x03000000 pattern 0000000000000000"));
    EXPECT_TRUE(memblock.is_region_reserved(bad));
    EXPECT_EQ(memblock.claims().back().owner, "bad memory");
}

//   memory [1M ............................ 16M), a reserved piece behind: the walk goes on behind the bad word
TEST_F(Memtest, BeforeAReservedPieceTheRestIsTestedAgain) {
    const PhysRange bad{2 * MiB, 2 * MiB + 8};
    EXPECT_THAT(run(1, {{0, bad}}),
                ElementsAre("early_memtest: # of tests: 1", "  0x00100000 - 0x00400000 pattern 0000000000000000",
                            "  0000000000000000 bad mem addr 0x00200000 - 0x00200008 reserved",
                            "  0x00200008 - 0x00400000 pattern 0000000000000000",
                            "  0x00800000 - 0x01000000 pattern 0000000000000000",
                            "  0x02000000 - 0x03000000 pattern 0000000000000000"));
}

TEST_F(Memtest, ACountWithoutEndEnds) {
    EXPECT_LT(run(4294967295).size(), 1000u);
}

}  // namespace
}  // namespace mm
