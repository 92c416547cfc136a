// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mmzone/block_tally.h"

#include <algorithm>

#include "engine/mmzone/page_columns.h"
#include "engine/mmzone/stretches.h"

namespace mm {

void BlockTally::add(Kind kind) {
    if (overflown()) return;
    const auto end = kinds.begin() + size;
    const auto known =
        std::find_if(kinds.begin(), end, [&](const Kind& k) { return k.state == kind.state && k.head == kind.head; });
    if (known != end)
        known->frames = static_cast<std::uint16_t>(known->frames + kind.frames);
    else if (size++ < most)
        *end = kind;
    else
        kinds = {};
}

BlockTally tally_of(std::span<const std::uint8_t, 512> states, std::span<const std::uint8_t, 512> heads) {
    static_assert(pageblock_pages == 512);
    BlockTally tally;
    tally.first_head = heads[0];
    std::uint8_t head = 0;
    const auto is_free = [&](std::size_t i) { return state_of(states[i]) == PageState::free; };
    const auto add = [&](std::size_t i, std::size_t n) {
        tally.add({states[i], is_free(i) ? head : std::uint8_t{0}, static_cast<std::uint16_t>(n)});
    };
    for_stretches(
        [&](std::size_t i, auto n) { return alike<n>(&states[i]) && (!is_free(i) || all_zero<n>(&heads[i])); }, add,
        [&](std::size_t i) {
            if (heads[i] && is_free(i)) head = heads[i];
            add(i, 1);
        });
    return tally;
}

}  // namespace mm
