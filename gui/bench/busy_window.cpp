// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/bench/busy_window.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QMouseEvent>
#include <QTemporaryFile>
#include <QTimer>
#include <QWheelEvent>
#include <cmath>
#include <stdexcept>

#include "engine/snapshot/history_budget.h"
#include "gui/bench/loop_watch.h"
#include "gui/bridge/bridge.h"
#include "gui/shell/main_window.h"
#include "gui/shell/presets.h"
#include "gui/views/heatmap/heatmap_canvas.h"
#include "gui/widgets/time_slider.h"

namespace mm::gui {
namespace {

constexpr int phaseMs = 6000, stepMs = 12;
const QSize windowSize(1440, 900);

/// A PC of 64 GiB with the usual hole below 4 GiB.
constexpr const char* machine64 =
    "[    0.000000] Linux version 6.1.0-41-amd64 (debian-kernel@lists.debian.org)\n"
    "[    0.000000] BIOS-provided physical RAM map:\n"
    "[    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable\n"
    "[    0.000000] BIOS-e820: [mem 0x000000000009fc00-0x000000000009ffff] reserved\n"
    "[    0.000000] BIOS-e820: [mem 0x00000000000f0000-0x00000000000fffff] reserved\n"
    "[    0.000000] BIOS-e820: [mem 0x0000000000100000-0x00000000bffdffff] usable\n"
    "[    0.000000] BIOS-e820: [mem 0x00000000bffe0000-0x00000000bfffffff] reserved\n"
    "[    0.000000] BIOS-e820: [mem 0x0000000100000000-0x000000103fffffff] usable\n";

void run(
    int milliseconds, const std::function<bool()>& done = [] { return false; }) {
    QElapsedTimer time;
    time.start();
    while (time.elapsed() < milliseconds && !done())
        QApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 20);
}

void mouse(QWidget& widget, QEvent::Type type, QPointF at, Qt::MouseButtons held) {
    QMouseEvent event(type, at, widget.mapToGlobal(at), type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton, held,
                      Qt::NoModifier);
    QApplication::sendEvent(&widget, &event);
}

void wheel(QWidget& widget, int turn) {
    const QPointF at(widget.rect().center());
    QWheelEvent event(at, widget.mapToGlobal(at), {}, {0, turn}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase,
                      false);
    QApplication::sendEvent(&widget, &event);
}

class BusyWindow {
public:
    BusyWindow(Theme& theme, const QString& file) : m_window(theme, m_state, m_bridge, MainWindow::Memory::none) {
        m_window.resize(windowSize);
        m_window.show();
        m_bridge.post(SetHistoryBudget{most_history_budget});  // a million commands a second, and more
        m_bridge.post(OpenFile{file});
        settle();
        m_bridge.post(StepBy{Step::toEnd});
        settle();
        if (!m_bridge.latest() || !m_bridge.latest()->booted)
            throw std::runtime_error("the machine for the benchmark did not boot: " +
                                     m_bridge.status().error.toStdString());
        m_slider = m_window.findChild<TimeSlider*>();
        m_map = m_window.findChild<HeatmapCanvas*>();
        if (!m_slider || !m_map) throw std::runtime_error("the window has no time slider or no map of page frames");
    }

    /// The map zoomed in and out by its wheel while the workload runs at full speed.
    std::vector<double> zoomed() {
        m_bridge.post(StartWorkload{.commandsPerSecond = 0});
        return watched([&](int step) { wheel(*m_map, step / 12 % 2 == 0 ? 120 : -120); });
    }

    /// Processes, files and swap of a named workload at full speed, with the panels that tell of them in front.
    std::vector<double> lived() {
        m_window.arrange(*presetNamed("Running"));
        m_bridge.post(StepBy{Step::toEnd});
        settle();
        const Position before = m_bridge.latest()->total;
        m_bridge.post(StartWorkload{.story = "kernel-build", .commandsPerSecond = 0});
        auto waits = watched([](int) {});
        if (m_bridge.latest()->total == before)
            throw std::runtime_error("kernel-build did not run: " + m_bridge.status().error.toStdString());
        return waits;
    }

    /// The timeline's knob dragged over the whole history, there and back.
    std::vector<double> dragged() {
        m_bridge.post(StopWorkload{});
        settle();
        const double y = m_slider->height() / 3.0;
        mouse(*m_slider, QEvent::MouseButtonPress, {m_slider->width() * 0.9, y}, Qt::LeftButton);
        const auto waits = watched([&](int step) {
            const double share = 0.5 + 0.45 * std::cos(step / 20.0);
            mouse(*m_slider, QEvent::MouseMove, {m_slider->width() * share, y}, Qt::LeftButton);
        });
        mouse(*m_slider, QEvent::MouseButtonRelease, {m_slider->width() * 0.9, y}, Qt::NoButton);
        return waits;
    }

private:
    void settle() {
        run(120'000, [this] { return m_bridge.settled(); });
    }

    std::vector<double> watched(const std::function<void(int)>& act) {
        LoopWatch watch;
        int step = 0;
        QTimer timer;
        QObject::connect(&timer, &QTimer::timeout, &timer, [&] { act(step++); });
        timer.start(stepMs);
        run(phaseMs);
        return watch.take();
    }

    ViewState m_state;
    Bridge m_bridge;
    MainWindow m_window;
    TimeSlider* m_slider = nullptr;
    HeatmapCanvas* m_map = nullptr;
};

}  // namespace

Measures measureBusyWindow(Theme& theme, const QString& file) {
    QTemporaryFile made;
    if (file.isEmpty() && (!made.open() || made.write(machine64) < 0 || !made.flush()))
        throw std::runtime_error("no temporary file could be written");
    BusyWindow busy(theme, file.isEmpty() ? made.fileName() : file);
    Measures out;
    const auto tell = [&](const QString& doing, const std::vector<double>& waits) {
        out.push_back({"event loop blocked while " + doing + ", p50", median(waits), "ms"});
        out.push_back({"event loop blocked while " + doing + ", p99", quantile(waits, 0.99), "ms", 16});
        out.push_back({"event loop blocked while " + doing + ", longest", quantile(waits, 1), "ms", 100});
    };
    tell("workload and zoom", busy.zoomed());
    tell("the timeline is dragged", busy.dragged());
    tell("kernel-build runs", busy.lived());
    return out;
}

}  // namespace mm::gui
