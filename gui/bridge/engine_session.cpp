// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's part in sessions and in taking back: files in and out, undo and redo.
#include "engine/session/open_session.h"
#include "gui/bridge/engine.h"
#include "gui/format/format.h"

namespace mm::gui {

void Worker::Engine::openSession(const QString& path) {
    auto loaded = load_session(path.toStdString());
    if (!loaded) return fail(text(loaded.error().text()));
    auto opened = open_session(loaded->session);
    if (!opened) return fail(path + ": the session cannot be opened: " + text(opened.error().text()));
    auto info = std::make_shared<SessionInfo>(SessionInfo{path, std::move(loaded->session.window), {}});
    for (const auto* losses : {&loaded->losses, &opened->losses})
        for (const std::string& loss : *losses)
            info->losses << text(loss);
    m_session = std::move(loaded->session);
    takeOver(std::move(opened->machine), std::move(opened->recording));
    m_info = std::move(info);
}

void Worker::Engine::perform(const SaveSession& request) {
    if (!ready()) return;
    if (m_timeline) {
        take_from(*m_timeline, m_session, !request.autosave);
    } else {
        m_session.cursor = m_axis->cursor();
        if (m_session.files.empty()) {
            auto files = folder_files(m_session.source);
            if (!files) return fail(text(files.error().text()));
            m_session.files = std::move(*files);
        }
    }
    m_session.seed = m_workloadRequest.seed;
    m_session.window = request.things;
    const auto saved = m_writer.save(m_session, request.path.toStdString(), m_timeline ? m_timeline->cuts() : 0);
    // It was only for the file: what the history needs anyway need not be here twice.
    m_session.commands = {};
    m_session.actions = {};
    m_session.branches = {};
    // An autosave that fails says so once, and not every few seconds.
    if (!saved && !(request.autosave && std::exchange(m_autosaveFailed, true))) return fail(text(saved.error().text()));
    if (saved && request.autosave) m_autosaveFailed = false;
    if (saved && !request.autosave) m_status.savedAs = request.path;
    if (saved && !request.autosave) ++m_status.saves;
}

void Worker::Engine::perform(const Undo&) {
    if (!simulated()) return;
    halt();
    const QString name = text(m_timeline->undo_name());
    if (!m_timeline->undo()) return fail("Nothing was done to this machine since its boot.");
    afterTakingBack("taken back: " + name);
}

void Worker::Engine::perform(const Redo&) {
    if (!simulated()) return;
    halt();
    const QString name = text(m_timeline->redo_name());
    if (!m_timeline->redo()) return fail("Nothing was taken back that could be done again.");
    afterTakingBack("done again: " + name);
}

void Worker::Engine::afterTakingBack(const QString& notice) {
    m_filler.cut(m_timeline->total());
    m_workload.reset();  // what it believes to hold is no longer so
    m_changed = true;
    say(notice);
}

void Worker::Engine::nameActions() {
    m_status.undo = m_timeline ? text(m_timeline->undo_name()) : QString();
    m_status.redo = m_timeline ? text(m_timeline->redo_name()) : QString();
    m_status.branches.clear();
    if (!m_timeline) return;
    for (const BranchInfo& branch : m_timeline->branches())
        m_status.branches.push_back({text(branch.name), branch.commands, branch.shared, branch.current});
}

}  // namespace mm::gui
