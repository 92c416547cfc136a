// SPDX-License-Identifier: GPL-3.0-or-later
// The state of a real kernel's page allocator at one moment, as a recording's folder tells it in text files:
//
//      zones.json       spans, watermarks, counters and per-CPU limits of the zones; zonelists
//      free_lists.txt   0:DMA32 Movable 10 2: 1024 2048          zone, list, order, number of blocks: head of list
//      first pcp.txt          0:DMA32 1 Movable 0 2: 13070/1 13069/1   zone, list, name, order, number: pfn/type it is
//      freed as pageblocks.txt   512 0:DMA Movable 0                      first frame, zone, type, compaction's skip
//      bit pages.txt        0 256 R                                  first frame, number, kind (B L M R -)
//
// Read strictly: a line that is not understood is an error with its file and number. Lists not named are empty.
// Not for events: see trace_reader.h.
#pragma once

#include <string>
#include <vector>

#include "engine/mmzone/zone.h"
#include "engine/types/outcome.h"

namespace mm {

struct RecordedList {
    ZoneRef zone;
    MigrateType type{};
    Order order = 0;
    std::vector<Pfn> blocks;  ///< head of the list first
};
struct RecordedPcpPage {
    Pfn pfn = 0;
    MigrateType stored{};
};
struct RecordedPcpList {
    ZoneRef zone;
    unsigned pindex = 0;
    Order order = 0;
    std::vector<RecordedPcpPage> pages;
};
struct RecordedPageblock {
    Pfn first = 0;
    ZoneRef zone;
    MigrateType type{};
    bool skip = false;
};
struct RecordedRun {
    Pfn first = 0;
    NrPages count = 0;
    char kind = '-';
};

struct RecordedState {
    std::vector<Zone> zones;  ///< without lists; pcp[0] without pages
    std::vector<Node> nodes;  ///< zonelists and numbers only
    std::vector<RecordedList> free_lists;
    std::vector<RecordedPcpList> pcp_lists;
    std::vector<RecordedPageblock> pageblocks;
    std::vector<RecordedRun> pages;
    bool mobility_grouping = true;
    std::uint64_t min_free_kbytes = 0;
};

/// Error: the file, the line, and what was expected there.
Outcome<RecordedState> read_recorded_state(const std::string& folder);

/// "0:DMA32", as zone_key() writes it; nothing if it is no zone.
std::optional<ZoneRef> parse_zone_key(std::string_view text);
/// Numbers as the kernel without CMA prints them: 0 unmovable, 1 movable, 2 reclaimable, 3 highatomic, 4 isolate.
std::optional<MigrateType> migrate_type_of_number(unsigned n);
unsigned number_of(MigrateType type);
/// enum zone_type by its number in that kernel; the highest beyond them.
ZoneType zone_type_of_index(unsigned index, const KernelProfile& profile);

}  // namespace mm
