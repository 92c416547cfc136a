// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/recency.h"

#include <algorithm>

namespace mm::gui {

unsigned Touch::step() const {
    return ago < 8 ? 0 : ago < 64 ? 1 : ago < 512 ? 2 : recencySteps - 1;
}

std::vector<Touch> recentTouches(const Snapshot& snapshot) {
    std::vector<Touch> touches;
    const Position reach = std::min(snapshot.at, recencyReach);
    const NrPages large = std::max<NrPages>(snapshot.pages.end_pfn() / 8, 1);
    for (Position ago = 0; ago < reach; ++ago) {
        const PfnRange frames = touched_pfns(snapshot.history.event(snapshot.at - 1 - ago).event.touched);
        if (!frames.empty() && frames.size() < large) touches.push_back({frames, ago});
    }
    return touches;
}

}  // namespace mm::gui
