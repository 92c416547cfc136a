// SPDX-License-Identifier: GPL-3.0-or-later
// The longest matching against the textbook's table of all prefixes, on small random lists; and on large ones that
// would take the table forever.
#include "engine/verify/matching.h"

#include <gtest/gtest.h>

#include <chrono>

#include "engine/types/rng.h"

namespace mm {
namespace {

using List = std::vector<std::uint32_t>;

std::size_t longest_by_table(const List& a, const List& b) {
    std::vector<std::vector<std::size_t>> best(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 1; i <= a.size(); ++i)
        for (std::size_t j = 1; j <= b.size(); ++j)
            best[i][j] = a[i - 1] == b[j - 1] ? best[i - 1][j - 1] + 1 : std::max(best[i - 1][j], best[i][j - 1]);
    return best[a.size()][b.size()];
}

/// Expect pairs of equal elements, rising on both sides.
void expect_matching(const std::vector<Match>& matches, const List& a, const List& b) {
    for (std::size_t i = 0; i < matches.size(); ++i) {
        ASSERT_LT(matches[i].left, a.size());
        ASSERT_LT(matches[i].right, b.size());
        ASSERT_EQ(a[matches[i].left], b[matches[i].right]);
        if (i == 0) continue;
        ASSERT_LT(matches[i - 1].left, matches[i].left);
        ASSERT_LT(matches[i - 1].right, matches[i].right);
    }
}

List random_list(Rng& rng, std::size_t most, std::uint32_t letters) {
    List list(rng.below(most + 1));
    for (auto& element : list)
        element = static_cast<std::uint32_t>(rng.below(letters));
    return list;
}

TEST(Matching, EmptyListsMatchNothing) {
    EXPECT_TRUE(longest_matching({}, {}).empty());
    EXPECT_TRUE(longest_matching(List{1, 2}, {}).empty());
    EXPECT_TRUE(longest_matching({}, List{1, 2}).empty());
    EXPECT_TRUE(longest_matching(List{1, 2}, List{3, 4}).empty());
}

// left    1 2 3 4 5
// right   1   3 9 5 7        Expect 1, 3 and 5.
TEST(Matching, WhatIsInBothInOrder) {
    const List left{1, 2, 3, 4, 5}, right{1, 3, 9, 5, 7};
    const std::vector<Match> expected{{0, 0}, {2, 1}, {4, 3}};
    EXPECT_EQ(longest_matching(left, right), expected);
}

TEST(Matching, IsAsLongAsTheTableSays) {
    Rng rng(7);
    for (int round = 0; round < 20000; ++round) {
        const auto letters = static_cast<std::uint32_t>(1 + rng.below(6));
        const List a = random_list(rng, 24, letters), b = random_list(rng, 24, letters);
        const auto matches = longest_matching(a, b);
        expect_matching(matches, a, b);
        ASSERT_EQ(matches.size(), longest_by_table(a, b)) << "round " << round;
        ASSERT_EQ(longest_matching(b, a).size(), matches.size());
    }
}

TEST(Matching, IsExactForListsOfThousands) {
    Rng rng(11);
    for (const std::uint32_t letters : {3u, 300u}) {
        List a(1500), b(1300);
        for (List* list : {&a, &b})
            for (auto& element : *list)
                element = static_cast<std::uint32_t>(rng.below(letters));
        const auto matches = longest_matching(a, b);
        expect_matching(matches, a, b);
        EXPECT_EQ(matches.size(), longest_by_table(a, b));
    }
}

// A hundred thousand elements a side that have nothing to do with each other: an end within seconds, and still a
// matching.
TEST(Matching, HostileListsComeToAnEnd) {
    Rng rng(13);
    List a(100000), b(100000);
    for (List* list : {&a, &b})
        for (auto& element : *list)
            element = static_cast<std::uint32_t>(rng.below(1000));
    const auto start = std::chrono::steady_clock::now();
    const auto matches = longest_matching(a, b);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
    expect_matching(matches, a, b);
    EXPECT_GT(matches.size(), 1000u);
}

}  // namespace
}  // namespace mm
