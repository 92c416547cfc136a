// SPDX-License-Identifier: GPL-3.0-or-later
// Panels: where they are. Arranging, and sizes in the proportions of the preset until the user moves them.
#include <QLayout>

#include "gui/shell/panels.h"

namespace mm::gui {
namespace {

constexpr int layoutVersion = 3;  ///< of what is saved; raise it when panels change their names

/// Closed until there is something to compare, so that their tabs take no room.
const QStringList& comparing() {
    static const QStringList ids{"compare-maps", "compare-zones", "compare"};
    return ids;
}

}  // namespace

void Panels::revealComparison() {
    for (const QString& id : comparing())
        reveal(id);
}

bool Panels::restoreLayout(const QByteArray& saved) {
    const bool restored = !saved.isEmpty() && restoreState(saved, layoutVersion);
    m_proportioned = m_restored = restored;
    placeStrays();
    showTitlesSoon();
    return restored;
}

QByteArray Panels::saveLayout() const {
    return saveState(layoutVersion);
}

std::vector<QDockWidget*> Panels::present(const QStringList& ids) const {
    std::vector<QDockWidget*> docks;
    for (const QString& id : ids)
        if (QDockWidget* dock = panel(id)) docks.push_back(dock);
    return docks;
}

void Panels::placeStrays() {
    // A view that the preset does not know (or that is newer than the saved one) still has to be somewhere.
    QDockWidget* home = panel(m_preset->largest());
    for (auto& [id, panel] : m_panels) {
        if (dockWidgetArea(panel.dock) != Qt::NoDockWidgetArea) continue;
        addDockWidget(Qt::TopDockWidgetArea, panel.dock);
        if (home && home != panel.dock) tabifyDockWidget(home, panel.dock);
        panel.dock->hide();
    }
}

void Panels::arrange(const Preset& preset) {
    m_preset = &preset;
    for (auto& [id, panel] : m_panels) {
        panel.dock->setFloating(false);
        removeDockWidget(panel.dock);
    }
    const auto tabs = [this](const std::vector<QDockWidget*>& docks) {
        for (std::size_t i = 1; i < docks.size(); ++i)
            tabifyDockWidget(docks[0], docks[i]);
    };
    // First the top of each column side by side, then each column downwards, then tabs: the order Qt needs.
    std::vector<std::vector<std::vector<QDockWidget*>>> grid;
    for (const Preset::Column& column : preset.columns) {
        std::vector<std::vector<QDockWidget*>> cells;
        for (const Preset::Cell& cell : column.cells)
            if (auto docks = present(cell.tabs); !docks.empty()) cells.push_back(std::move(docks));
        if (!cells.empty()) grid.push_back(std::move(cells));
    }
    const auto bottom = present(preset.strip);
    // All in one dock area and nothing in the middle: only then do shares of height and width mean the same everywhere.
    QDockWidget* corner = grid.empty() ? nullptr : grid[0][0][0];
    if (corner) addDockWidget(Qt::TopDockWidgetArea, corner);
    if (corner && !bottom.empty()) splitDockWidget(corner, bottom[0], Qt::Vertical);
    if (!corner && !bottom.empty()) addDockWidget(Qt::TopDockWidgetArea, bottom[0]);
    for (std::size_t i = 1; i < grid.size(); ++i)
        splitDockWidget(grid[i - 1][0][0], grid[i][0][0], Qt::Horizontal);
    for (const auto& cells : grid)
        for (std::size_t i = 1; i < cells.size(); ++i)
            splitDockWidget(cells[i - 1][0], cells[i][0], Qt::Vertical);
    for (const auto& cells : grid)
        for (const auto& docks : cells)
            tabs(docks);
    tabs(bottom);
    for (auto& [id, panel] : m_panels)
        panel.dock->setVisible(preset.knows(id) && !id.startsWith("compare"));
    placeStrays();
    for (const auto& cells : grid)
        for (const auto& docks : cells)
            docks[0]->raise();
    if (!bottom.empty()) bottom[0]->raise();
    showTitlesSoon();
    m_proportioned = false;
    if (isVisible()) proportion();
}

void Panels::proportion() {
    m_proportioned = true;
    QList<QDockWidget*> tops;
    QList<int> widths;
    const double upper = height() * (1 - m_preset->stripShare);
    for (const Preset::Column& column : m_preset->columns) {
        QList<QDockWidget*> docks;
        QList<int> heights;
        for (const Preset::Cell& cell : column.cells)
            if (const auto there = present(cell.tabs); !there.empty()) {
                docks.push_back(there[0]);
                heights.push_back(static_cast<int>(upper * cell.share));
            }
        if (docks.empty()) continue;
        resizeDocks(docks, heights, Qt::Vertical);
        tops.push_back(docks[0]);
        widths.push_back(static_cast<int>(width() * column.share));
    }
    resizeDocks(tops, widths, Qt::Horizontal);
    // resizeDocks() does not shrink a group of tabs below its size hint; a limit for one layout pass does.
    for (QDockWidget* dock : present(m_preset->strip))
        dock->setMaximumHeight(static_cast<int>(height() * m_preset->stripShare));
    layout()->activate();
    QMetaObject::invokeMethod(this, &Panels::releaseStrip, Qt::QueuedConnection);
}

void Panels::releaseStrip() {
    for (auto& [id, panel] : m_panels)
        panel.dock->setMaximumHeight(QWIDGETSIZE_MAX);
}

void Panels::showEvent(QShowEvent* event) {
    QMainWindow::showEvent(event);
    if (m_proportioned) return;
    proportion();
    // Once more when the window's own layout has given it its size.
    QMetaObject::invokeMethod(this, &Panels::proportion, Qt::QueuedConnection);
}

void Panels::resizeEvent(QResizeEvent* event) {
    QMainWindow::resizeEvent(event);
    // Before anybody has seen it, the layout follows the window; afterwards it belongs to the user.
    if (!m_proportioned && isVisible()) proportion();
}

}  // namespace mm::gui
