// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/snapshot/keyframe_index.h"

#include <gtest/gtest.h>

namespace mm {
namespace {

/// keyframes at   0 'a'   5 'b'   9 'c'
KeyframeIndex<char> three() {
    KeyframeIndex<char> index;
    index.add(0, 'a');
    index.add(5, 'b');
    index.add(9, 'c');
    return index;
}

/// Expect: the last one at or before a position.
TEST(KeyframeIndex, TheNearestBefore) {
    const auto index = three();
    EXPECT_EQ(index.before(0).frame, 'a');
    EXPECT_EQ(index.before(4).frame, 'a');
    EXPECT_EQ(index.before(5).frame, 'b');
    EXPECT_EQ(index.before(100).frame, 'c');
}

/// Expect: back always from a keyframe; forward only from one that lies between.
TEST(KeyframeIndex, RestoredOnlyWhereThatIsNearer) {
    const auto index = three();
    EXPECT_EQ(index.on_the_way(5, 6), nullptr);
    EXPECT_EQ(index.on_the_way(6, 8), nullptr);
    ASSERT_NE(index.on_the_way(2, 6), nullptr);
    EXPECT_EQ(index.on_the_way(2, 6)->frame, 'b');
    ASSERT_NE(index.on_the_way(8, 6), nullptr);
    EXPECT_EQ(index.on_the_way(8, 6)->frame, 'b');
    EXPECT_EQ(index.on_the_way(8, 3)->at, 0u);
}

/// Expect: cutting at 5 leaves the one at 5; a stage without events adds a second there, which counts.
TEST(KeyframeIndex, CutAndReplaced) {
    auto index = three();
    index.cut_after(5);
    EXPECT_EQ(index.size(), 2u);
    EXPECT_EQ(index.last().at, 5u);
    index.add(5, 'd');
    EXPECT_EQ(index.before(7).frame, 'd');
}

///      0  5  9 12 15 20      thinned behind 5: 9 stays with 15's neighbours gone, the last always does
TEST(KeyframeIndex, ThinnedOut) {
    auto index = three();
    index.add(12, 'd');
    index.add(15, 'e');
    index.add(20, 'f');
    index.thin_after(5);
    EXPECT_EQ(index.size(), 4u);
    EXPECT_EQ(index.before(5).frame, 'b');
    EXPECT_EQ(index.before(11).frame, 'b');
    EXPECT_EQ(index.before(12).frame, 'd');
    EXPECT_EQ(index.before(19).frame, 'd');
    EXPECT_EQ(index.last().frame, 'f');
    index.thin_after(20);
    EXPECT_EQ(index.size(), 4u);
}

}  // namespace
}  // namespace mm
