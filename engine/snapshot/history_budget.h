// SPDX-License-Identifier: GPL-3.0-or-later
// How much memory the past may take. When it takes more, keyframes are thinned out (going back takes longer), the undo
// log is dropped (one goes back over keyframes), and records of the oldest run-time events are forgotten (they cannot
// be listed any more; one can still go there). Commands are what everything follows from: when they alone take a
// quarter of the budget, nothing more is done.
#pragma once

#include "engine/types/units.h"

namespace mm {

inline constexpr Bytes default_history_budget = GiB;
inline constexpr Bytes least_history_budget = 16 * MiB, most_history_budget = TiB;

/// As far as it can be counted: texts of commands and the small parts of keyframes are not.
struct HistorySize {
    Bytes records = 0;    ///< events, their texts, the kernel's log
    Bytes keyframes = 0;  ///< pageblocks of frames that differ from the keyframe before
    Bytes undo = 0;
    Bytes commands = 0;

    Bytes total() const { return records + keyframes + undo + commands; }
};

/// What each part may take, of the budget.
struct HistoryShares {
    explicit HistoryShares(Bytes budget)
        : records(budget / 4), keyframes(budget / 8 * 3), undo(budget / 8), commands(budget / 4) {}
    Bytes records, keyframes, undo, commands;
};

}  // namespace mm
