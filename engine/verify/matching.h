// SPDX-License-Identifier: GPL-3.0-or-later
// The longest matching of two lists: which elements are the same in both, in order, as many as can be.
//
//      left    a b c a b b a            a b c a b b a
//      right   c b a b a c                  |   | |  \      pairs (2,0) (4,1) (5,3)... of the most there are
//
// Myers' algorithm in its linear-space form ("An O(ND) Difference Algorithm and Its Variations", 1986): time grows with
// the size times the number of differences, memory with the size. Elements that only one side has are taken out first,
// they match nothing. Where two long lists differ nearly everywhere the search stops at a cost limit and the matching
// is good, but perhaps not the longest; up to exact_size elements a side it always is.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mm {

struct Match {
    std::size_t left = 0, right = 0;
    friend bool operator==(const Match&, const Match&) = default;
};

inline constexpr std::size_t exact_size = 4096;

/// Both indices rise from match to match. Elements are compared by number: intern texts first.
std::vector<Match> longest_matching(std::span<const std::uint32_t> left, std::span<const std::uint32_t> right);

}  // namespace mm
