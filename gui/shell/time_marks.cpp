// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/shell/time_marks.h"

#include <algorithm>

#include "gui/format/format.h"

namespace mm::gui {

std::vector<TimeMark> timeMarks(const History& history) {
    std::vector<TimeMark> marks;
    Position bootEnd = 0;
    for (std::size_t i = 0; i < history.spans().size() && i < history.stages().size(); ++i) {
        const StageSpan& span = history.spans()[i];
        bootEnd = std::max(bootEnd, span.last);
        const bool groups = i + 1 < history.stages().size() && history.stages()[i + 1].parent == static_cast<int>(i);
        if (span.empty() || groups) continue;
        // A long stage is what most of the line is, so its name wins over those of short neighbours.
        marks.push_back({span.first, text(history.stages()[i].name),
                         static_cast<int>(std::min<Position>(span.last - span.first, 1u << 30))});
    }
    if (bootEnd > 0 && history.size() > bootEnd) marks.push_back({bootEnd, "running", 1 << 30});
    return marks;
}

}  // namespace mm::gui
