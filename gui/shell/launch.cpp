// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/shell/launch.h"

#include "gui/format/format.h"
#include "gui/style/resources.h"

namespace mm::gui {

Launch::Launch(const Options& options, Bridge& bridge, ViewState& state, QObject* parent)
    : QObject(parent), m_options(options), m_bridge(bridge), m_state(state) {
    connect(&bridge, &Bridge::statusChanged, this, &Launch::advance);
}

void Launch::start() {
    m_next = Next::mark;
    if (m_options.historyBudget) m_bridge.post(SetHistoryBudget{*m_options.historyBudget});
    m_bridge.post(OpenFile{m_options.file.isEmpty() ? resourcePath("machines/pc-512m") : m_options.file});
    if (!m_options.kernel.isEmpty()) m_bridge.post(BootAs{m_options.kernel});
}

void Launch::advance() {
    if (m_next == Next::nothing || !m_bridge.settled()) return;
    if (!m_bridge.status().error.isEmpty()) {
        m_next = Next::nothing;
        Q_EMIT failed(m_bridge.status().error);
        return;
    }
    switch (m_next) {
        case Next::mark:
            return mark();
        case Next::navigate:
            return navigate();
        case Next::run: {
            m_next = Next::command;
            if (m_options.workload == 0) return advance();
            StartWorkload workload;
            workload.story = m_options.story;
            workload.commands = m_options.workload;
            workload.commandsPerSecond = 0;
            m_bridge.post(workload);
            return;
        }
        case Next::command:
            if (m_done < m_options.commands.size()) return m_bridge.post(RunCommand{m_options.commands[m_done++]});
            m_next = Next::select;
            return advance();
        case Next::select:
            // A picture of the window shows what memory looked like along time, which is made when all else is done.
            if (m_options.writes() && m_options.view.isEmpty() && !m_bridge.status().picturesDone) return;
            m_next = Next::nothing;
            if (m_options.select)
                m_state.select({.frames = {*m_options.select, *m_options.select + 1}, .list = {}, .event = {}});
            Q_EMIT arrived();
            return;
        case Next::nothing:
            return;
    }
}

void Launch::mark() {
    const SnapshotPtr now = m_bridge.latest();
    if (m_options.mark && *m_options.mark > now->total) {
        m_next = Next::nothing;
        Q_EMIT failed(
            QString("--mark %1: there are %2 events; expected 0 to %2.").arg(*m_options.mark).arg(now->total));
        return;
    }
    if (m_options.mark && now->at != *m_options.mark) return m_bridge.post(Seek{*m_options.mark});
    if (m_options.mark) m_state.setMark(now);
    m_next = Next::navigate;
    // What follows a mark begins at the end, as without one.
    if (m_options.mark && now->at != now->total) return m_bridge.post(StepBy{Step::toEnd});
    advance();
}

void Launch::navigate() {
    m_next = Next::run;
    const SnapshotPtr snapshot = m_bridge.latest();
    if (!m_options.stage.isEmpty()) {
        const int stage = snapshot->history.stage_named(m_options.stage.toStdString());
        if (stage >= 0) return m_bridge.post(RunToStage{stage});
        QStringList names;
        for (const StageInfo& info : snapshot->history.stages())
            names.push_back(text(info.name));
        m_next = Next::nothing;
        Q_EMIT failed(
            QString("--stage %1: there is no such stage; expected one of %2.").arg(m_options.stage, names.join(", ")));
        return;
    }
    if (m_options.position) {
        if (*m_options.position <= snapshot->total) return m_bridge.post(Seek{*m_options.position});
        m_next = Next::nothing;
        Q_EMIT failed(QString("--position %1: this machine's boot has %2 events; expected 0 to %2.")
                          .arg(*m_options.position)
                          .arg(snapshot->total));
        return;
    }
    advance();
}

}  // namespace mm::gui
