// SPDX-License-Identifier: GPL-3.0-or-later
// The window's part in time: the bar along its bottom, and going to the next event of a kind or the next miss.
#include <algorithm>

#include "gui/format/format.h"
#include "gui/shell/main_window.h"
#include "gui/shell/panels.h"
#include "gui/shell/time_marks.h"
#include "gui/views/timeplot/timeplot_view.h"
#include "gui/widgets/time_bar.h"
#include "gui/widgets/time_slider.h"

namespace mm::gui {
namespace {

/// Of the event selected, or else of the one that led here; none before the first.
std::optional<EventKind> kindMeant(const Snapshot& now, const Selection& selection) {
    const Position at = selection.event.value_or(now.at);
    if (at == 0 || at > now.history.size()) return {};
    return now.history.event(at - 1).event.kind;
}

}  // namespace

TimeSlider& MainWindow::slider() {
    return m_time->slider();
}

void MainWindow::connectTime() {
    connect(&slider(), &TimeSlider::moved, this, [this](Position to) { request(Seek{to}); });
    connect(&m_bridge, &Bridge::stripChanged, this, [this] { slider().setStrip(m_bridge.strip()); });
    for (const bool forward : {true, false}) {
        connect(forward ? m_actions.nextOfKind : m_actions.previousOfKind, &QAction::triggered, this,
                [this, forward] { goToSameKind(forward); });
        connect(forward ? m_actions.nextMiss : m_actions.previousMiss, &QAction::triggered, this,
                [this, forward] { goToMiss(forward); });
    }
    connect(&m_state, &ViewState::selectionChanged, this, [this] {
        if (const SnapshotPtr now = m_bridge.latest()) showTime(*now);
    });
    // The slider's line is as long as the plot's axis above it, so that a moment is at the same place in both.
    const auto alignTo = [this](View* view) {
        auto* plot = qobject_cast<TimeplotView*>(view);
        if (!plot) return;
        const auto align = [this, plot] { m_time->setInsets(plot->plotMargins().left(), plot->plotMargins().right()); };
        connect(plot, &TimeplotView::marginsChanged, this, align);
        align();
    };
    connect(m_panels, &Panels::made, this, alignTo);
    alignTo(m_panels->madeView("plots"));
}

void MainWindow::showTime(const Snapshot& snapshot) {
    if (snapshot.total != m_markedTotal || slider().total() != snapshot.total) {
        m_markedTotal = snapshot.total;
        slider().setRange(snapshot.total, timeMarks(snapshot.history));
        showFlags();
    }
    slider().setPosition(snapshot.at);
    slider().setMisses(m_bridge.misses());
    m_time->setMisses(m_bridge.misses() ? m_bridge.misses()->size() : 0);
    const auto kind = kindMeant(snapshot, m_state.selection());
    m_time->setKind(kind ? text(name_of(*kind)) : QString());
}

void MainWindow::selectLastEvent(const Snapshot& snapshot) {
    if (snapshot.at == 0) return;
    m_state.select({.frames = touched_pfns(snapshot.last_event().event.touched), .list = {}, .event = snapshot.at});
}

void MainWindow::goToSameKind(bool forward) {
    const SnapshotPtr now = m_bridge.latest();
    const auto kind = now ? kindMeant(*now, m_state.selection()) : std::nullopt;
    if (!kind) return;
    m_followEvent = true;
    request(SeekKind{*kind, forward});
}

void MainWindow::goToMiss(bool forward) {
    const SnapshotPtr now = m_bridge.latest();
    if (!now || !m_bridge.misses()) return;
    const std::vector<Position>& misses = *m_bridge.misses();
    const auto after = std::upper_bound(misses.begin(), misses.end(), now->at);
    const auto from = std::lower_bound(misses.begin(), misses.end(), now->at);
    if (forward ? after == misses.end() : from == misses.begin()) return;
    m_followEvent = true;
    request(Seek{forward ? *after : *std::prev(from)});
}

}  // namespace mm::gui
