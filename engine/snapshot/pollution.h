// SPDX-License-Identifier: GPL-3.0-or-later
// Pages of one migratetype in pageblocks of another: which, since when, from which allocation; and how pageblocks have
// changed their types. Made from the lives of blocks, for any moment.
//
//      pageblock 12544 Movable   [M M . U M . . U ...]   2 unmovable pages since event 5620, the oldest of 5616
//
// What was in use before the recording began is movable if it was on an LRU list; else its type is not known, only that
// it does not move.
#pragma once

#include "engine/snapshot/biography.h"
#include "engine/snapshot/snapshot.h"

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
    std::optional<Position> since;   ///< event since which there has always been one; none: from the start
    std::optional<Position> oldest;  ///< event that allocated the oldest of them; none: before the start
    Pfn oldest_pfn = 0;
    std::string owner;  ///< who allocated the oldest, where that is known
};

/// Changes of one kind: how often, the first and the last.
struct Transition {
    MigrateType from{}, to{};
    std::uint64_t count = 0;
    Position first = 0, last = 0;
};

struct PollutionMap {
    Position at = 0;                                                            ///< events done
    std::vector<PollutedBlock> blocks;                                          ///< with foreign pages, most first
    std::array<std::array<NrPages, nr_page_classes>, nr_migratetypes> pages{};  ///< [of pageblock][of page]
    std::array<NrPages, nr_migratetypes> pageblocks{};                          ///< how many there are
    std::vector<TypeChange> changes;                                            ///< so far, in order
};

/// Does a page of the class not belong into a pageblock of the type? The highatomic reserve and isolated pageblocks
/// hold whatever was there.
bool is_foreign(std::size_t page_class, MigrateType pageblock);

/// At the moment "now": from what happened to blocks before. start: what was in use when the lives began; null:
/// nothing.
PollutionMap pollution_map(const LifeIndex& lives, const Snapshot* start, const Snapshot& now, const Moments& moments);

/// By from and to, those that there were.
std::vector<Transition> transitions(const PollutionMap& map);
/// "event 5620 (6.297210 s, task 94)"; nothing: before the start.
std::string when_text(const std::optional<Position>& event, const Moments& moments);

std::string print_text(const PollutionMap& map, const Moments& moments, std::size_t blocks_shown);
/// Keys at, pages, pageblocks, blocks, transitions, changes.
std::string print_json(const PollutionMap& map, const Moments& moments);

}  // namespace mm
