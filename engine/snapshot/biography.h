// SPDX-License-Identifier: GPL-3.0-or-later
// One frame: what it is, and what became of it, each line with the event, the time and who did it. Made by a time axis,
// read by printers and views.
#pragma once

#include <functional>

#include "engine/snapshot/life_index.h"
#include "engine/snapshot/pfn_report.h"

namespace mm {

/// When an event was, and who made it: a task, a command, a stage of the boot.
struct Moment {
    std::optional<double> seconds;  ///< since the machine started, where that is known
    std::string who;
};
using Moments = std::function<Moment(Position event)>;

struct Biography {
    struct Line {
        Position event = 0;
        Moment when;
        std::string_view kind;  ///< "handed_out", "memblock_add"
        std::string_view role;  ///< "itself", "split", "merged"
        std::string text;
    };
    PfnReport start;   ///< before the first line; or
    bool now = false;  ///< at the cursor, where the first line is the machine's start
    std::vector<Line> lines;
};

/// "in use since before the recording, on an LRU list".
std::string state_text(const PfnReport& report);
/// The index' part of a life.
std::vector<Biography::Line> lines_of(const LifeIndex& lives, Pfn pfn, const Moments& moments);

std::string print_text(const Biography& life);
/// Keys pfn, zone, pageblock, state, lines: event, seconds, task, kind, role, text.
std::string print_json(const Biography& life);

}  // namespace mm
