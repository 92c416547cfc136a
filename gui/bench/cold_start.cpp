// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/bench/cold_start.h"

#include <unistd.h>

#include <QCoreApplication>
#include <QEvent>
#include <QProcess>
#include <QTimer>
#include <cstdio>
#include <stdexcept>

namespace mm::gui {
namespace {

constexpr int starts = 9, patience = 30'000;

class PaintWatch : public QObject {
public:
    using QObject::QObject;
    bool eventFilter(QObject* watched, QEvent* event) override {
        // Painting itself follows this event; what is posted now comes after it.
        if (event->type() == QEvent::Paint) {
            QTimer::singleShot(0, this, [] {
                std::puts("painted");
                std::fflush(stdout);
                _exit(0);  // no farewell: it would be measured too
            });
        }
        return QObject::eventFilter(watched, event);
    }
};

double start(const char* what) {
    QProcess process;
    const double ms = timed([&] {
        process.start(QCoreApplication::applicationFilePath(), {"--bench-start", what});
        process.waitForReadyRead(patience);
    });
    const QByteArray said = process.readAllStandardOutput();
    process.waitForFinished(patience);
    if (!said.startsWith("painted")) throw std::runtime_error("a window that was to be measured did not come up");
    return ms;
}

}  // namespace

void quitWhenPainted() {
    QCoreApplication::instance()->installEventFilter(new PaintWatch(QCoreApplication::instance()));
}

Measures measureColdStart() {
    std::vector<double> window, empty;
    for (int round = 0; round < starts; ++round) {
        empty.push_back(start(coldStartEmpty));
        window.push_back(start(coldStartWindow));
    }
    return {
        {"empty QMainWindow with a QCustomPlot, start to painted", median(empty), "ms"},
        {"mmscope, start to painted", median(window), "ms"},
        {"start of mmscope against the empty window", median(window) / median(empty), "times", 1.5},
    };
}

}  // namespace mm::gui
