// SPDX-License-Identifier: GPL-3.0-or-later
// The window's part in bookmarks and notes: the keys, the flags on the slider, and keeping them for each machine.
#include <QSettings>

#include "gui/shell/main_window.h"
#include "gui/shell/panels.h"
#include "gui/shell/session_things.h"
#include "gui/widgets/time_bar.h"
#include "gui/widgets/time_slider.h"

namespace mm::gui {
namespace {

/// A path as one key of the settings: slashes would make groups.
QString keyOf(const QString& path) {
    return "notes/" + QString::fromLatin1(path.toUtf8().toBase64(QByteArray::Base64UrlEncoding));
}

}  // namespace

void MainWindow::connectNotes() {
    Notes& notes = m_state.notes();
    connect(&notes, &Notes::changed, this, [this] {
        showFlags();
        if (!m_saving.isActive() && m_memory == Memory::settings) m_saving.start();
        if (m_memory != Memory::settings || m_path.isEmpty()) return;
        QSettings settings;  // at once: what is noted is not lost however the window ends
        if (m_state.notes().all().empty())
            settings.remove(keyOf(m_path));
        else
            settings.setValue(keyOf(m_path), m_state.notes().toLines());
    });
    connect(m_actions.bookmark, &QAction::triggered, this, [this] {
        const SnapshotPtr now = m_bridge.latest();
        if (now) m_state.notes().add({now->at, m_state.selection().frames, {}});
    });
    for (const bool forward : {true, false})
        connect(forward ? m_actions.nextBookmark : m_actions.previousBookmark, &QAction::triggered, this,
                [this, forward] {
                    const SnapshotPtr now = m_bridge.latest();
                    if (now) request(Seek{m_state.notes().next(now->at, forward)});
                });
}

void MainWindow::showFlags() {
    // Those of a future that was taken back wait for its return.
    const SnapshotPtr now = m_bridge.latest();
    std::vector<Position> flags;
    for (const Note& note : m_state.notes().all())
        if (now && note.at <= now->total) flags.push_back(note.at);
    m_time->setBookmarks(flags.size());
    m_time->slider().setFlags(std::move(flags));
}

/// Those of the machine that was just opened.
void MainWindow::openNotes() {
    QStringList lines;
    if (const SessionInfoPtr& session = m_bridge.session())
        return m_state.notes().fromLines(wordsOf(session->things, "notes").split('\n', Qt::SkipEmptyParts));
    if (m_memory == Memory::settings && !m_path.isEmpty()) lines = QSettings().value(keyOf(m_path)).toStringList();
    m_state.notes().fromLines(lines);
}

}  // namespace mm::gui
