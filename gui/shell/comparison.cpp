// SPDX-License-Identifier: GPL-3.0-or-later
// The window's part in comparing: stepping from difference to difference, and choosing what is compared.
#include "gui/format/format.h"
#include "gui/models/kernel_choices.h"
#include "gui/shell/main_window.h"
#include "gui/shell/panels.h"
#include "gui/widgets/banner.h"
#include "gui/widgets/time_slider.h"

namespace mm::gui {

void MainWindow::comparisonArrived() {
    const ComparisonPtr& comparison = m_bridge.comparison();
    m_state.setDifference({});
    m_panels->setComparison(comparison);
    if (comparison && (m_revealNext || !comparison->left.real)) m_panels->revealComparison();
    m_revealNext = false;
}

void MainWindow::connectMark() {
    connect(m_actions.mark, &QAction::triggered, this, [this] {
        if (!m_bridge.latest()) return;
        m_state.setMark(m_bridge.latest());
        m_panels->reveal("compare-moments");
    });
    connect(m_actions.clearMark, &QAction::triggered, this, [this] { m_state.setMark(nullptr); });
    connect(m_actions.goToMark, &QAction::triggered, this, [this] {
        if (m_state.mark()) request(Seek{m_state.mark()->at});
    });
    const auto show = [this] {
        const bool any = m_state.mark() != nullptr;
        m_actions.clearMark->setEnabled(any);
        const bool here = any && m_state.markName().isEmpty();  // a moment of this axis, not of another branch
        m_actions.goToMark->setEnabled(here);
        slider().setMark(here ? std::optional(m_state.mark()->at) : std::nullopt);
    };
    connect(&m_state, &ViewState::markChanged, this, show);
    show();
}

void MainWindow::goToDifference(bool forward) {
    const ComparisonPtr& comparison = m_bridge.comparison();
    m_panels->revealComparison();
    if (!comparison) return;
    const auto next = nextDifference(*comparison, m_state.difference(), forward);
    if (!next) return m_panels->reveal("compare");
    m_state.setDifference(next);
    m_panels->reveal(next->zone ? "compare-zones" : "compare");
    // The moment that printed it, as a click on the row would go there.
    if (next->zone) return;
    const Row& row = comparison->rows[next->row];
    if (row.right)
        if (const auto at = comparison->right.lines[*row.right].at) request(Seek{*at});
}

void MainWindow::fillCompareMenu() {
    QMenu& menu = *m_actions.compareMenu;
    menu.clear();
    menu.addActions({m_actions.showComparison, m_actions.nextDifference, m_actions.previousDifference});
    menu.addSection("Two moments");
    menu.addActions({m_actions.mark, m_actions.goToMark, m_actions.clearMark});
    menu.addMenu(m_actions.branchMenu);
    const SnapshotPtr now = m_bridge.latest();
    if (!now) return;
    menu.addSection("With");
    const auto add = [&](const QString& words, const QString& profile) {
        menu.addAction(words, this, [this, profile] { request(CompareWith{profile}); });
    };
    add("The real kernel's log", {});
    for (const KernelProfile* profile : kernelChoices(*now))
        add("Linux " + text(profile->name), text(profile->name));
}

/// Not of a recording: it is of the kernel that made it.
void MainWindow::fillKernelMenu() {
    QMenu& menu = *m_actions.kernelMenu;
    menu.clear();
    const SnapshotPtr now = m_bridge.latest();
    if (!now || !now->profile || now->history.stages().empty()) return;
    menu.addAction("The one its log names", this, [this] { request(BootAs{}); });
    menu.addSeparator();
    for (const KernelProfile* profile : kernelChoices(*now)) {
        const QString name = text(profile->name);
        QAction* one = menu.addAction("Linux " + name, this, [this, name] { request(BootAs{name}); });
        one->setCheckable(true);
        one->setChecked(now->profile == profile);
    }
}

}  // namespace mm::gui
