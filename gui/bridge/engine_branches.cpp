// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's part in branches of a machine's history.
#include "gui/bridge/engine.h"
#include "gui/format/format.h"

namespace mm::gui {

void Worker::Engine::perform(const BeginBranch& request) {
    if (!simulated()) return;
    halt();
    const auto begun = m_timeline->begin_branch(request.name.toStdString());
    if (!begun) return fail(sentence(begun.error().text()));
    afterTakingBack(QString("branch “%1” begins here").arg(request.name));
}

Timeline::Progress Worker::Engine::progressOf(const QString& task) const {
    if (!m_progress) return {};
    return [this, task](double done) { return m_progress(task, done); };
}

void Worker::Engine::perform(const SwitchBranch& request) {
    if (!simulated()) return;
    halt();
    const QString task = QString("Going to branch “%1”").arg(request.name);
    const auto fork = m_timeline->switch_to(request.name.toStdString(), progressOf(task));
    if (!fork) return fail(sentence(fork.error().text()));
    if (!*fork) return say(task + " was cancelled");
    m_filler.cut(**fork);
    afterTakingBack(QString("in branch “%1”").arg(request.name));
}

void Worker::Engine::perform(const RenameBranch& request) {
    if (!simulated()) return;
    const auto renamed = m_timeline->rename_branch(request.name.toStdString(), request.to.toStdString());
    if (!renamed) return fail(sentence(renamed.error().text()));
    say(QString("branch “%1” is now “%2”").arg(request.name, request.to));
}

void Worker::Engine::perform(const DropBranch& request) {
    if (!simulated()) return;
    const auto dropped = m_timeline->drop_branch(request.name.toStdString());
    if (!dropped) return fail(sentence(dropped.error().text()));
    say(QString("branch “%1” is dropped").arg(request.name));
}

void Worker::Engine::perform(const AskBranch& request) {
    if (!simulated()) return;
    halt();
    const QString task = QString("Going to the end of branch “%1”").arg(request.name);
    auto end = m_timeline->end_of_branch(request.name.toStdString(), progressOf(task));
    if (!end) return fail(sentence(end.error().text()));
    if (!*end) return say(task + " was cancelled");
    m_answers.branch = std::make_shared<const BranchAnswer>(BranchAnswer{request.name, std::move(*end)});
    m_changed = true;
}

}  // namespace mm::gui
