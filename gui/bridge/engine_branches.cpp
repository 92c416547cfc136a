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

void Worker::Engine::perform(const SwitchBranch& request) {
    if (!simulated()) return;
    halt();
    const QString task = QString("Going to branch “%1”").arg(request.name);
    const auto fork = m_timeline->switch_to(request.name.toStdString(), [&](double done) {
        if (m_progress) (void)m_progress(task, done);  // what is half done would be no branch: it is not given up
    });
    if (!fork) return fail(sentence(fork.error().text()));
    m_filler.cut(*fork);
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
    auto end = m_timeline->end_of_branch(request.name.toStdString());
    if (!end) return fail(sentence(end.error().text()));
    m_answers.branch = std::make_shared<const BranchAnswer>(BranchAnswer{request.name, std::move(*end)});
    m_changed = true;
}

}  // namespace mm::gui
