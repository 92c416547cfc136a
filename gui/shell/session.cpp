// SPDX-License-Identifier: GPL-3.0-or-later
// The window's part in sessions: saving under a name, keeping by itself what a crash must not take, opening again; and
// the names of undo and redo.
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>

#include "gui/format/format.h"
#include "gui/shell/main_window.h"
#include "gui/shell/panels.h"
#include "gui/shell/session_things.h"
#include "gui/widgets/banner.h"

namespace mm::gui {
namespace {

/// What is kept by itself; "" where there is no place for it.
QString keptFile() {
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::AppDataLocation);
    if (folder.isEmpty() || !QDir().mkpath(folder)) return {};
    return folder + "/kept.mms";
}

std::string pairOf(std::uint64_t first, std::uint64_t second) {
    return std::to_string(first) + ' ' + std::to_string(second);
}

std::pair<std::uint64_t, std::uint64_t> pairIn(const QString& words) {
    return {words.section(' ', 0, 0).toULongLong(), words.section(' ', 1, 1).toULongLong()};
}

}  // namespace

void MainWindow::connectSession() {
    connect(m_actions.saveSession, &QAction::triggered, this, &MainWindow::saveSessionFile);
    connect(m_actions.saveSessionAs, &QAction::triggered, this, &MainWindow::saveSessionAs);
    connect(m_actions.undo, &QAction::triggered, this, [this] { request(Undo{}); });
    connect(m_actions.redo, &QAction::triggered, this, [this] { request(Redo{}); });
}

void MainWindow::showActions(const WorkerStatus& status) {
    const auto name = [](QAction& action, const QString& verb, const QString& what) {
        action.setText(what.isEmpty() ? verb : verb + ' ' + what);
        action.setEnabled(!what.isEmpty());
    };
    name(*m_actions.undo, "Undo", status.undo);
    name(*m_actions.redo, "Redo", status.redo);
    if (std::exchange(m_seenSaves, status.saves) == status.saves || status.savedAs.isEmpty()) return;
    m_sessionPath = status.savedAs;
    remember(m_sessionPath);
}

SessionThings MainWindow::sessionThings() const {
    const PfnRange frames = m_state.selection().frames;
    return {{"layout", m_panels->saveLayout().toBase64().toStdString()},
            {"notes", m_state.notes().toLines().join('\n').toStdString()},
            {"path", m_path.toStdString()},
            {"selected", pairOf(frames.start, frames.end)},
            {"session", m_sessionPath.toStdString()},
            {"zoomed", pairOf(m_state.zoom().start, m_state.zoom().end)}};
}

void MainWindow::saveSessionFile() {
    if (!m_bridge.latest()) return m_banner->showError("There is nothing to save: open a kernel log first (Ctrl+O).");
    if (m_sessionPath.isEmpty()) return saveSessionAs();
    saveSession(m_sessionPath);
}

void MainWindow::saveSessionAs() {
    const SnapshotPtr now = m_bridge.latest();
    if (!now) return saveSessionFile();
    const QString suggested = m_sessionPath.isEmpty() ? text(now->machine->name) + ".mms" : m_sessionPath;
    QString path = QFileDialog::getSaveFileName(this, "Save the session", suggested, "Sessions (*.mms)");
    if (path.isEmpty()) return;
    if (QFileInfo(path).suffix().isEmpty()) path += ".mms";
    saveSession(path);
}

void MainWindow::saveSession(const QString& path) {
    request(SaveSession{path, sessionThings()});
}

/// However the window ends, what was done is there again. A recording cannot be changed: its path is enough.
void MainWindow::keepSession() const {
    const SnapshotPtr now = m_bridge.latest();
    const QString file = keptFile();
    const bool machine = now && !m_bridge.misses() && !file.isEmpty();
    QSettings().setValue("session/kept", machine);
    if (machine) m_bridge.post(SaveSession{file, sessionThings(), true});
}

bool MainWindow::reopenKept() {
    const QString file = keptFile();
    if (!QSettings().value("session/kept", false).toBool() || !QFileInfo::exists(file)) return false;
    openFile(file);
    m_revealNext = false;  // the layout is as it was left
    m_reopening = true;
    return true;
}

/// Another machine has come; where it came from a session, what the window had given into it comes back.
void MainWindow::sessionOpened() {
    const SessionInfoPtr session = m_bridge.session();
    const bool kept = std::exchange(m_reopening, false);
    m_sessionPath = !session ? QString() : kept ? wordsOf(session->things, "session") : session->path;
    if (!session) return;
    if (kept) m_path = wordsOf(session->things, "path");
    const QByteArray layout = QByteArray::fromBase64(wordsOf(session->things, "layout").toLatin1());
    if (!layout.isEmpty() && !kept) m_panels->restoreLayout(layout);
    const auto [first, last] = pairIn(wordsOf(session->things, "selected"));
    const auto [from, to] = pairIn(wordsOf(session->things, "zoomed"));
    if (first < last) m_state.select({.frames = {first, last}, .list = {}, .event = {}});
    m_state.setZoom({from, to});
    if (!session->losses.isEmpty())
        m_banner->showError(session->path + " is damaged: " + session->losses.join("; ") + ". The rest is here.");
}

}  // namespace mm::gui
