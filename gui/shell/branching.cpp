// SPDX-License-Identifier: GPL-3.0-or-later
// The window's part in branches: beginning one here, going to another, and holding now against how another one ends.
#include <QInputDialog>
#include <algorithm>

#include "gui/format/format.h"
#include "gui/shell/main_window.h"
#include "gui/shell/panels.h"
#include "gui/widgets/time_bar.h"

namespace mm::gui {
namespace {

const BranchRow* current(const std::vector<BranchRow>& branches) {
    const auto found = std::find_if(branches.begin(), branches.end(), [](const BranchRow& b) { return b.current; });
    return found == branches.end() ? nullptr : &*found;
}

/// "branch 2", or the first number that is not taken.
QString freeName(const std::vector<BranchRow>& branches) {
    for (std::size_t i = branches.size() + 1;; ++i) {
        const QString name = QString("branch %1").arg(i);
        if (std::none_of(branches.begin(), branches.end(), [&](const BranchRow& b) { return b.name == name; }))
            return name;
    }
}

QString menuText(const QString& name) {
    return QString(name).replace('&', "&&");
}

QString whatOf(const BranchRow& branch) {
    if (branch.current) return QString("%1 commands since the boot; one is in it").arg(number(branch.commands));
    return QString("%1 commands since the boot, the first %2 of them in common with this branch")
        .arg(number(branch.commands), number(branch.shared));
}

}  // namespace

void MainWindow::connectBranches() {
    m_actions.branchMenu->setToolTipsVisible(true);
    connect(m_actions.branchMenu, &QMenu::aboutToShow, this, &MainWindow::fillBranchMenu);
    connect(m_actions.branchHere, &QAction::triggered, this, &MainWindow::beginBranch);
    connect(m_actions.renameBranch, &QAction::triggered, this, &MainWindow::renameBranch);
    showBranch({});
}

void MainWindow::showBranch(const WorkerStatus& status) {
    const BranchRow* branch = current(status.branches);
    m_time->setBranch(branch ? branch->name : QString(), status.branches.size());
    for (QAction* action : {m_actions.branchHere, m_actions.renameBranch, m_actions.branchMenu->menuAction()})
        action->setEnabled(branch != nullptr);
}

void MainWindow::beginBranch() {
    const auto& branches = m_bridge.status().branches;
    if (!branches.empty()) request(BeginBranch{freeName(branches)});
}

void MainWindow::renameBranch() {
    const BranchRow* branch = current(m_bridge.status().branches);
    if (!branch) return;
    const QString from = branch->name;
    const QString to =
        QInputDialog::getText(this, "Rename branch", "Name of the branch:", QLineEdit::Normal, from).trimmed();
    if (!to.isEmpty() && to != from) request(RenameBranch{from, to});
}

void MainWindow::fillBranchMenu() {
    QMenu& menu = *m_actions.branchMenu;
    menu.clear();
    menu.addActions({m_actions.branchHere, m_actions.renameBranch});
    menu.addSection("Go to");
    const std::vector<BranchRow>& branches = m_bridge.status().branches;
    for (const BranchRow& branch : branches) {
        QAction* go =
            menu.addAction(menuText(branch.name), this, [this, name = branch.name] { request(SwitchBranch{name}); });
        go->setCheckable(true);
        go->setChecked(branch.current);
        go->setToolTip(whatOf(branch));
    }
    if (branches.size() < 2) return;
    menu.addSeparator();
    QMenu* compare = menu.addMenu("Compare with branch…");
    QMenu* drop = menu.addMenu("Drop");
    compare->setToolTipsVisible(true);
    for (const BranchRow& branch : branches) {
        if (branch.current) continue;
        compare->addAction(menuText(branch.name), this, [this, name = branch.name] { request(AskBranch{name}); })
            ->setToolTip("Now is compared with how that branch ends: on the map, in the lists, in numbers");
        drop->addAction(menuText(branch.name), this, [this, name = branch.name] { request(DropBranch{name}); });
    }
}

void MainWindow::answersArrived() {
    const Answers& answers = m_bridge.answers();
    m_panels->setAnswers(answers);
    if (std::exchange(m_seenBranch, answers.branch) == answers.branch || !answers.branch) return;
    m_state.setMark(answers.branch->end, QString("end of “%1”").arg(answers.branch->name));
    m_panels->reveal("compare-moments");
}

}  // namespace mm::gui
