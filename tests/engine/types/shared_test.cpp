// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/types/shared.h"

#include <gtest/gtest.h>

#include <numeric>
#include <thread>

namespace mm {
namespace {

//      a ──► [1 2 3] ◄── b        b.set(0, 9)       a ──► [1 2 3]    b ──► [9 2 3]
TEST(Shared, ACopyIsTheSameUntilItIsChanged) {
    SharedVector<int> a(std::vector<int>{1, 2, 3});
    SharedVector<int> b = a;
    EXPECT_TRUE(b.same_as(a));
    b.set(0, 9);
    EXPECT_FALSE(b.same_as(a));
    EXPECT_EQ(a.get(), (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(b.get(), (std::vector<int>{9, 2, 3}));
    EXPECT_NE(a, b);
    b.set(0, 1);
    EXPECT_EQ(a, b) << "equal by value, though not the same";
}

TEST(Shared, WhoeverHasItAloneChangesItInPlace) {
    SharedVector<int> a(std::vector<int>{1, 2, 3});
    const int* const before = a.get().data();
    a.set(1, 7);
    EXPECT_EQ(a.get().data(), before);
    {
        const SharedVector<int> kept = a;
        a.set(1, 8);
        EXPECT_NE(a.get().data(), before);
        EXPECT_EQ(kept[1], 7);
    }
    const SharedVector<int>& same = a;
    a = same;
    EXPECT_EQ(a.get(), (std::vector<int>{1, 8, 3}));
}

TEST(Shared, APictureKeptByAnotherThreadStaysAsItWas) {
    SharedVector<int> live(std::vector<int>(1000, 0));
    for (int round = 1; round <= 200; ++round) {
        std::thread reader([picture = live, round] {
            EXPECT_EQ(std::accumulate(picture.begin(), picture.end(), 0), 1000 * (round - 1));
        });
        for (std::size_t i = 0; i < live.size(); ++i)
            live.set(i, round);
        reader.join();
    }
}

}  // namespace
}  // namespace mm
