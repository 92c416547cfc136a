// SPDX-License-Identifier: GPL-3.0-or-later
// Pages of one migratetype in pageblocks of another: which, since when, from which allocation; and how pageblocks have
// changed their types. Kept up to date event by event, so that any moment of a replay can be asked.
//
//      pageblock 12544 Movable   [M M . U M . . U ...]   2 unmovable pages since event 5620, the oldest of 5616
//
// What was in use before the recording began is movable if it was on an LRU list; else its type is not known, only that
// it does not move.
#pragma once

#include "engine/replay/block_events.h"

namespace mm {

/// What a page was allocated as: the three types with lists of their own, and "before the recording, not movable".
inline constexpr std::size_t nr_page_classes = nr_pcptypes + 1;
inline constexpr std::size_t pinned_before = nr_pcptypes;
std::string_view page_class_name(std::size_t page_class);

struct PollutedBlock {
    Pfn first = 0;
    ZoneRef zone;
    MigrateType type{};
    std::array<NrPages, nr_page_classes> pages{};  ///< in use, by what they were allocated as
    NrPages foreign = 0;                           ///< of them, those that do not belong here
    std::optional<std::size_t> since;   ///< event since which there has always been one; none: from the start
    std::optional<std::size_t> oldest;  ///< event that allocated the oldest of them; none: before the start
    Pfn oldest_pfn = 0;
};

struct TypeChange {
    std::size_t event = 0;
    Pfn first = 0;
    MigrateType from{}, to{};
};

struct PollutionMap {
    std::size_t at = 0;                                                         ///< events done
    std::vector<PollutedBlock> blocks;                                          ///< with foreign pages, most first
    std::array<std::array<NrPages, nr_page_classes>, nr_migratetypes> pages{};  ///< [of pageblock][of page]
    std::array<NrPages, nr_migratetypes> pageblocks{};                          ///< how many there are
    std::vector<TypeChange> changes;                                            ///< so far, in order
};

/// Does a page of the class not belong into a pageblock of the type? The highatomic reserve and isolated pageblocks
/// hold whatever was there.
bool is_foreign(std::size_t page_class, MigrateType pageblock);

class PollutionWatch {
public:
    /// REQUIRES: the replay stands at its start and outlives this.
    explicit PollutionWatch(Replay& replay);
    /// Runs the replay to that many events. REQUIRES: not behind it.
    void run(std::size_t until);
    PollutionMap map() const;

private:
    static constexpr std::uint32_t before_start = 0xffffffff;
    struct Block {
        std::array<std::uint16_t, nr_page_classes> pages{};
        bool polluted = false;
        std::uint32_t since = before_start;
    };

    void apply(const BlockEvent& e);
    void set(Pfn pfn, std::uint8_t page_class, std::uint32_t owner);
    void judge(Pfn pfn, std::uint32_t event, bool anew);
    NrPages foreign_pages(Pfn first, const Block& block) const;

    Replay& m_replay;
    BlockWatch m_watch;
    std::vector<std::uint8_t> m_class;   ///< by frame; 0: not in use, else class + 1
    std::vector<std::uint32_t> m_owner;  ///< by frame: event that handed it out
    std::vector<Block> m_blocks;         ///< by 512 frames
    std::vector<TypeChange> m_changes;
};

std::string print_text(const PollutionMap& map, const std::vector<TraceEvent>& events, std::size_t blocks_shown);
/// Keys at, pages, pageblocks, blocks, transitions, changes.
std::string print_json(const PollutionMap& map, const std::vector<TraceEvent>& events);

}  // namespace mm
