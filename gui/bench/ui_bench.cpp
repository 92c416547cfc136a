// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/bench/ui_bench.h"

#include <algorithm>
#include <iostream>

#include "gui/bench/busy_window.h"
#include "gui/bench/cold_start.h"
#include "gui/bench/heatmap_frames.h"

namespace mm::gui {

int runUiBench(Theme& theme, const QString& file, const QString& part, bool json) {
    Measures all;
    try {
        const auto add = [&](const char* name, auto measure) {
            if (!part.isEmpty() && part != QLatin1String(name)) return;
            const Measures some = measure();
            all.insert(all.end(), some.begin(), some.end());
        };
        add("start", [] { return measureColdStart(); });
        add("map", [&] { return measureHeatmapFrames(theme); });
        add("window", [&] { return measureBusyWindow(theme, file); });
    } catch (const std::exception& e) {
        std::cerr << "mmscope: --bench-ui: " << e.what() << '\n';
        return 2;
    }
    std::cout << (json ? measuresAsJson(all) : measuresAsText(all)).toStdString();
    return std::all_of(all.begin(), all.end(), [](const Measure& m) { return m.met(); }) ? 0 : 1;
}

}  // namespace mm::gui
