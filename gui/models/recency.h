// SPDX-License-Identifier: GPL-3.0-or-later
// What was touched lately: the stretches of frames of the last events, by how many events ago.
//
//      now    8      64       512       4096       older
//        step 0 |step 1| step 2 | step 3  |  not told
#pragma once

#include <vector>

#include "engine/snapshot/snapshot.h"

namespace mm::gui {

inline constexpr Position recencyReach = 4096;  ///< events; the look back costs a millisecond
inline constexpr unsigned recencySteps = 4;

struct Touch {
    PfnRange frames;
    Position ago = 0;  ///< events: 0 for the one that led here
    /// 0 to recencySteps - 1.
    unsigned step() const;
    friend bool operator==(const Touch&, const Touch&) = default;
};

/// The newest first. Events about the whole machine (an eighth of its frames or more) tell of no place in it.
std::vector<Touch> recentTouches(const Snapshot& snapshot);

}  // namespace mm::gui
