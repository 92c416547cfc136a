// SPDX-License-Identifier: GPL-3.0-or-later
// The whole window on a busy engine: steps, seeks, plays, allocates and runs the workload while everything is drawn,
// for MMSCOPE_STRESS_SECONDS (default 3). Meant for the thread sanitizer; without it, it still must neither hang nor
// lose state.
#include <gtest/gtest.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QPixmap>
#include <cstdlib>

#include "engine/types/rng.h"
#include "gui/bridge/bridge.h"
#include "gui/shell/main_window.h"
#include "gui/style/theme.h"

namespace mm::gui {
namespace {

const QString machines = QStringLiteral(MMSCOPE_SOURCE_DIR "/resources/machines/");

int stressSeconds() {
    const char* text = std::getenv("MMSCOPE_STRESS_SECONDS");
    return text ? std::atoi(text) : 3;
}

void processUntil(const Bridge& bridge, int milliseconds) {
    QElapsedTimer time;
    time.start();
    while (!bridge.settled() && time.elapsed() < milliseconds)
        QApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 20);
}

/// What a restless user does; weights as a user's hands have them.
Request randomRequest(Rng& rng, const Snapshot& s) {
    switch (rng.below(10)) {
        case 0:
            return Seek{rng.below(s.total + 1)};
        case 1:
            return StepBy{static_cast<Step>(rng.below(7))};
        case 2:
            return StepBy{Step::into};
        case 3:
            return StepBy{Step::back};
        case 4:
            return RunToStage{static_cast<int>(rng.below(s.history.stages().size()))};
        case 5:
            return Play{200};
        case 6:
            return StepBy{Step::toEnd};
        case 7:
            return Allocate{{.order = static_cast<Order>(rng.below(11))}};
        case 8:
            return StopWorkload{};
        default:
            return StartWorkload{.seed = rng.next(), .commandsPerSecond = 0};
    }
}

TEST(WindowStress, StepsSeeksAndWorkloadsWhileEverythingIsDrawn) {
    int argc = 1;
    char name[] = "test", *argv[] = {name, nullptr};
    QApplication app(argc, argv);
    Theme theme;
    ViewState state;
    Bridge bridge;
    MainWindow window(theme, state, bridge, MainWindow::Memory::none);
    window.resize(1280, 800);
    window.show();
    bridge.post(OpenFile{machines + "pc-512m"});
    processUntil(bridge, 60000);
    ASSERT_TRUE(bridge.latest()) << bridge.status().error.toStdString();

    constexpr std::uint64_t seed = 20261122;
    Rng rng(seed);
    QElapsedTimer time;
    time.start();
    unsigned requests = 0, pictures = 0;
    while (time.elapsed() < stressSeconds() * 1000) {
        bridge.post(randomRequest(rng, *bridge.latest()));
        ++requests;
        if (rng.chance(50)) {
            Selection selection;
            selection.frames = {rng.below(131072), 131072};
            state.select(selection);
        }
        if (rng.chance(20)) theme.setDark(!theme.dark());
        processUntil(bridge, 200);
        pictures += !window.grab().isNull();
    }
    EXPECT_GT(requests, 5u) << "seed " << seed;
    EXPECT_EQ(pictures, requests);

    // The state has survived: the boot can still be sought to its start and its end, and is what it was.
    bridge.post(StopWorkload{});
    bridge.post(Seek{0});
    processUntil(bridge, 60000);
    ASSERT_TRUE(bridge.settled());
    EXPECT_EQ(bridge.latest()->at, 0u);
    EXPECT_EQ(bridge.latest()->pages.end_pfn(), 0u);
    bridge.post(RunToStage{static_cast<int>(bridge.latest()->history.stages().size()) - 1});
    processUntil(bridge, 60000);
    EXPECT_TRUE(bridge.latest()->booted);
}

}  // namespace
}  // namespace mm::gui
