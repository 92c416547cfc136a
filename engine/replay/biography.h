// SPDX-License-Identifier: GPL-3.0-or-later
// The lives of all frames in a recording, and that of one. One replay writes for each pageblock what happened to blocks
// in it, 8 bytes an entry; a question reads the entries of one pageblock and nothing else:
//
//      pageblock 24   [5606 refilled 206 0<1 | 5608 handed_out 206 0 | ...]
//      pageblock 25   [...]
//
// A block that spans pageblocks is entered in each. Not for: plain events of the recording (replay.h).
#pragma once

#include "engine/replay/block_events.h"
#include "engine/replay/task_names.h"
#include "engine/snapshot/pfn_report.h"

namespace mm {

/// One line of a frame's life.
struct LifeLine {
    enum class Role : std::uint8_t { itself, split, merged };  ///< or the free block it lay in was split, or grew
    BlockEvent what;
    Role role = Role::itself;
};

class LifeIndex {
public:
    /// Replays to the end, at most so many events. REQUIRES: the replay stands at its start.
    static LifeIndex record(Replay& replay, std::size_t until);

    /// All that happened to the frame, in order.
    std::vector<LifeLine> life_of(Pfn pfn) const;
    /// Everything before the first event.
    const SnapshotPtr& start() const { return m_start; }
    std::size_t entries() const;
    std::size_t bytes() const { return entries() * sizeof(Entry); }

private:
    struct Entry {
        std::uint32_t event;
        std::uint32_t kind : 4, offset : 9, order : 4, other : 4, type : 3, type2 : 3, away : 1;
    };
    static_assert(sizeof(Entry) == 8 && nr_block_event_kinds <= 16 && pageblock_pages == 512);

    void enter(const BlockEvent& e);
    static BlockEvent decoded(const Entry& entry, Pfn first);

    SnapshotPtr m_start;
    std::vector<std::vector<Entry>> m_blocks;  ///< by 512 frames
};

/// What the line says, without event and task: "free: its block grows to 0..31 (order 5) on Movable".
std::string text_of(const LifeLine& line, Pfn pfn);

/// One frame: what it was at the start, and what became of it, each line with the time and task of its event.
struct Biography {
    struct Line {
        LifeLine life;
        std::uint64_t nanoseconds = 0;
        std::uint32_t pid = 0;
    };
    PfnReport start;
    std::vector<Line> lines;
};
Biography biography(const LifeIndex& index, Pfn pfn, const std::vector<TraceEvent>& events);
std::string print_text(const Biography& life, const TaskNames& tasks);
/// Keys pfn, zone, pageblock, state, lines: event, seconds, task, pid, kind, role, text.
std::string print_json(const Biography& life, const TaskNames& tasks);

}  // namespace mm
