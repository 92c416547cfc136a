// SPDX-License-Identifier: GPL-3.0-or-later
// A replay seen as what happens to blocks of frames (snapshot/block_event.h). One pass feeds whoever asks about frames.
//
//      event 5599 refill                                     (nothing moves yet)
//      event 5606 mm_page_alloc_zone_locked   left_lists     pfn 12494 order 0, cut from order 1
//      event 5608 pcp_take                    handed_out     pfn 17919 order 0 Movable
#pragma once

#include <map>
#include <set>

#include "engine/replay/replay.h"
#include "engine/snapshot/life_index.h"

namespace mm {

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
    Pfn m_head = no_pfn, m_locked = no_pfn;
    std::map<std::uint32_t, Pfn> m_isolating;  ///< by task
    std::map<std::uint32_t, MigrateType> m_asked;
    std::set<Pfn> m_taken;  ///< and not yet returned by __alloc_pages()
    std::vector<BlockEvent> m_out;
};

/// Replays to the end, at most so many events, and enters all of them. REQUIRES: the replay stands at its start.
LifeIndex record_lives(Replay& replay, std::size_t until);

}  // namespace mm
