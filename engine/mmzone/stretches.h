// SPDX-License-Identifier: GPL-3.0-or-later
// Looking at the bytes of a pageblock's frames, which are mostly like their neighbours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "engine/mmzone/page_columns.h"

namespace mm {

/// n bytes are the same.
template<std::size_t n>
bool alike(const std::uint8_t* bytes) {
    static_assert(n % sizeof(std::uint64_t) == 0);
    const std::uint64_t first = bytes[0] * std::uint64_t{0x0101010101010101};
    std::uint64_t differing = 0;
    for (std::size_t i = 0; i < n; i += sizeof first) {
        std::uint64_t some;
        std::memcpy(&some, bytes + i, sizeof some);
        differing |= some ^ first;
    }
    return differing == 0;
}
template<std::size_t n>
bool all_zero(const std::uint8_t* bytes) {
    return bytes[0] == 0 && alike<n>(bytes);
}

/// A pageblock in stretches of 64 and 8 frames that are alike, whole(first, n), and frame by frame where they are not.
/// is_alike(first, n): n is known when it is compiled.
template<class Alike, class Whole, class Single>
void for_stretches(const Alike& is_alike, const Whole& whole, const Single& single) {
    constexpr std::integral_constant<std::size_t, 64> wide;
    constexpr std::integral_constant<std::size_t, 8> narrow;
    for (std::size_t i = 0; i < pageblock_pages; i += wide) {
        if (is_alike(i, wide)) {
            whole(i, wide);
            continue;
        }
        for (std::size_t j = i; j < i + wide; j += narrow) {
            if (is_alike(j, narrow)) {
                whole(j, narrow);
                continue;
            }
            for (std::size_t k = j; k < j + narrow; ++k)
                single(k);
        }
    }
}

}  // namespace mm
