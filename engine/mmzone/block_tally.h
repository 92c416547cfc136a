// SPDX-License-Identifier: GPL-3.0-or-later
// How many of a pageblock's frames are of each kind, counted when its picture is made: a map of all memory reads these
// 64 bytes and not 1024, and whoever makes the picture has the frames at hand anyway.
//
//      state     A A A A F F F F P P ...       A allocated, F free, P on a CPU's list
//      head      . . . . 2 . . . . .           2: the head byte of a free block, whose frames are all that follow
//      kinds     [A, 0: 4] [F, 2: 4] [P, 0: 2] ...
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace mm {

struct alignas(64) BlockTally {
    struct Kind {
        std::uint8_t state = 0;
        std::uint8_t head = 0;  ///< of free frames: their block's head byte; 0: it begins before this pageblock
        std::uint16_t frames = 0;
        friend bool operator==(const Kind&, const Kind&) = default;
    };
    static constexpr std::size_t most = 15;

    /// More kinds than have room: one has to look at each frame.
    bool overflown() const { return size > most; }
    /// In the order in which they first occur. REQUIRES: not overflown.
    std::span<const Kind> all() const { return {kinds.data(), size}; }
    void add(Kind kind);
    friend bool operator==(const BlockTally&, const BlockTally&) = default;

    std::array<Kind, most> kinds{};
    std::uint8_t size = 0;
    std::uint8_t first_head = 0;  ///< head byte of the first frame
};
static_assert(sizeof(BlockTally) == 64);

/// Of a pageblock's state and head bytes (see page_columns.h).
BlockTally tally_of(std::span<const std::uint8_t, 512> states, std::span<const std::uint8_t, 512> heads);

}  // namespace mm
