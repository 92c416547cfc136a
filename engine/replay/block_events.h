// SPDX-License-Identifier: GPL-3.0-or-later
// A replay seen as what happens to blocks of frames: handed out, freed, on and off the lists, split, merged, stolen,
// isolated, and pageblocks that change their type. One pass feeds whoever asks about frames: biographies, pollution.
//
//      event 5599 refill                                     (nothing moves yet)
//      event 5606 mm_page_alloc_zone_locked   left_lists     pfn 12494 order 0, cut from order 1
//      event 5608 pcp_take                    handed_out     pfn 17919 order 0 Movable
#pragma once

#include <map>
#include <set>

#include "engine/replay/replay.h"

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
    std::size_t event = 0;  ///< the recording's
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

/// Steps a replay and says what each step did. One at a time for a replay, which outlives it.
class BlockWatch {
public:
    explicit BlockWatch(Replay& replay);
    ~BlockWatch() { m_replay.tell(nullptr); }
    BlockWatch(const BlockWatch&) = delete;
    BlockWatch& operator=(const BlockWatch&) = delete;

    /// The next event of the recording. Valid until the next call. REQUIRES: there is one.
    const std::vector<BlockEvent>& step();

private:
    void before(const TraceEvent& e);
    void after(const TraceEvent& e);
    void tell_notes();
    void hand_out(Pfn pfn, Order order);
    void add(BlockEventKind kind, Pfn pfn, Order order, Order other, MigrateType type, MigrateType type2 = {});

    Replay& m_replay;
    ReplayNotes m_notes;
    SharedVector<std::uint8_t> m_types;  ///< of pageblocks, before the step
    Pfn m_head = no_pfn, m_locked = no_pfn;
    std::map<std::uint32_t, Pfn> m_isolating;  ///< by task
    std::map<std::uint32_t, MigrateType> m_asked;
    std::set<Pfn> m_taken;  ///< and not yet returned by __alloc_pages()
    std::vector<BlockEvent> m_out;
};

}  // namespace mm
