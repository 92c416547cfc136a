// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/bench/heatmap_frames.h"

#include <QApplication>

#include "gui/bench/big_map.h"
#include "gui/plots/plot_yardstick.h"
#include "gui/views/heatmap/heatmap_canvas.h"

namespace mm::gui {
namespace {

constexpr unsigned changed = 10'000, rounds = 15;
constexpr int yardstickSide = 4096;
const QSize canvasSize(1280, 800);

/// The map alone in a window, going back and forth between two moments.
class Frames {
public:
    Frames(Theme& theme, unsigned shift) : m_moments(twoMoments(NrPages{1} << shift, changed)) {
        m_canvas = std::make_unique<HeatmapCanvas>(ViewContext{theme, m_state}, nullptr);
        m_canvas->resize(canvasSize);
        m_canvas->show();
        QApplication::processEvents();
        m_first = timed([&] { next(); });
        next();
    }
    void next() {
        m_canvas->setSnapshot(m_moments[m_at ^= 1]);
        m_canvas->repaint();
    }
    double first() const { return m_first; }

private:
    ViewState m_state;
    std::array<SnapshotPtr, 2> m_moments;
    std::unique_ptr<HeatmapCanvas> m_canvas;
    std::size_t m_at = 0;
    double m_first = 0;
};

}  // namespace

Measures measureHeatmapFrames(Theme& theme) {
    Frames small(theme, 24), middle(theme, 28), large(theme, 30);
    ColourMapYardstick yardstick(yardstickSide);
    yardstick.resize(canvasSize);
    yardstick.show();
    QApplication::processEvents();
    std::array<std::vector<double>, 4> times;
    for (unsigned round = 0; round < rounds; ++round) {  // in turn, so that a busy moment slows all of them
        times[0].push_back(timed([&] { small.next(); }));
        times[1].push_back(timed([&] { middle.next(); }));
        times[2].push_back(timed([&] { large.next(); }));
        times[3].push_back(timed([&] { yardstick.changeAndReplot(changed, round); }));
    }
    const double at24 = median(times[0]), at28 = median(times[1]), at30 = median(times[2]), plot = median(times[3]);
    return {
        {"map, first picture of 2^28 page frames", middle.first(), "ms"},
        {"map, first picture of 2^30 page frames", large.first(), "ms"},
        {"map, 2^24 page frames, 10^4 changed", at24, "ms"},
        {"map, 2^28 page frames, 10^4 changed", at28, "ms"},
        {"map, 2^30 page frames, 10^4 changed", at30, "ms"},
        {"QCPColorMap, 4096 x 4096 cells, 10^4 changed", plot, "ms"},
        {"map of 2^28 against QCPColorMap", at28 / plot, "times", 0.25},
        {"map of 2^30 against 2^24", at30 / at24, "times", 2},
    };
}

}  // namespace mm::gui
