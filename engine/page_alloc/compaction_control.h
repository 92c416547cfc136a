// SPDX-License-Identifier: GPL-3.0-or-later
// struct compact_control: one zone's compaction while it runs. Private to compaction*.cpp.
#pragma once

#include <vector>

#include "engine/page_alloc/compaction.h"

namespace mm {

struct Compaction::Control {
    Zone& zone;
    Order order;
    MigrateType migratetype;
    bool async;
    bool whole_zone;  ///< at first: highest priority, which ignores pageblock types too
    bool ignore_block_suitable = whole_zone;
    bool rescan = false;
    Pfn migrate_pfn = 0, free_pfn = 0;
    std::vector<Pfn> sources{};  ///< isolated, by frame; migrated from the last on
    std::vector<Pfn> targets{};  ///< free single pages, taken from the last on
    NrPages migrate_scanned = 0, free_scanned = 0;

    bool scanners_met(NrPages block) const { return free_pfn / block <= migrate_pfn / block; }
};

}  // namespace mm
