// SPDX-License-Identifier: GPL-3.0-or-later
// What happens to blocks of frames, whoever tells it (a replayed recording, a simulated machine): handed out, freed, on
// and off the lists, split, merged, stolen, isolated, moved, and pageblocks that change their type. Biographies and
// pollution are made of these.
//
//      event 5606   left_lists     pfn 12494 order 0, cut from order 1
//      event 5608   handed_out     pfn 17919 order 0 Movable
#pragma once

#include "engine/snapshot/history.h"

namespace mm {

/// One line a kind: its name, and what it is in words.
// clang-format off
#define MM_BLOCK_EVENTS(X)                                                              \
    X(handed_out, "allocated")                            /* type: of the request */    \
    X(freed, "freed")                                                                   \
    X(to_cpu_list, "put first on the CPU's list")         /* type: of the list */       \
    X(refilled, "from the free lists to the CPU's list")  /* other: order it was cut from */ \
    X(left_lists, "off the free lists")                   /* the same */                \
    X(drained, "from the CPU's list to the free lists")   /* other: order it became */  \
    X(to_free_lists, "put on the free lists")             /* the same */                \
    X(captured, "captured by the task that compacts")                                   \
    X(stolen, "taken from another type's list")           /* type: from, type2: to */   \
    X(isolated, "isolated as a target of compaction")                                   \
    X(moved_away, "moved away by compaction")                                           \
    X(moved_here, "moved here by compaction")                                           \
    X(split_up, "split into single pages")                /* still allocated */         \
    X(retyped, "its pageblock changes type")              /* type: from, type2: to */
// clang-format on

enum class BlockEventKind : std::uint8_t {
#define MM_X(id, words) id,
    MM_BLOCK_EVENTS(MM_X)
#undef MM_X
};
inline constexpr std::size_t nr_block_event_kinds = static_cast<std::size_t>(BlockEventKind::retyped) + 1;
std::string_view name_of(BlockEventKind kind);
std::string_view words_of(BlockEventKind kind);

struct BlockEvent {
    Position event = 0;
    BlockEventKind kind{};
    Pfn pfn = 0;
    Order order = 0, other = 0;
    MigrateType type{}, type2{};
};

/// other: the order of the free block it became.
constexpr bool is_freeing(BlockEventKind kind) {
    return kind == BlockEventKind::drained || kind == BlockEventKind::to_free_lists;
}
/// other: the order of the free block it was.
constexpr bool is_taking(BlockEventKind kind) {
    return kind == BlockEventKind::refilled || kind == BlockEventKind::left_lists;
}
/// The aligned block of the order that holds the frame.
constexpr PfnRange block_of(Pfn pfn, Order order) {
    const Pfn head = align_down(pfn, Pfn{1} << order);
    return {head, head + (Pfn{1} << order)};
}

/// "0..31", or "5" of a single frame.
std::string frames_text(PfnRange range);

}  // namespace mm
