// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/shell/panels.h"

#include <QMenu>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <array>

#include "gui/views/timeplot/timeplot_view.h"
#include "gui/widgets/time_slider.h"

namespace mm::gui {
namespace {

/// The default arrangement. Cells top to bottom; ids in a cell share it as tabs.
struct Cell {
    QStringList tabs;
    double share;  ///< of the column's height
};
struct Column {
    double share;  ///< of the width
    std::vector<Cell> cells;
};

const std::vector<Column>& columns() {
    static const std::vector<Column> list{
        {0.21, {{{"stages"}, 0.55}, {{"card"}, 0.45}}},
        {0.56, {{{"physmap", "compare-maps"}, 0.36}, {{"heatmap", "layout", "walk", "compare"}, 0.64}}},
        {0.23, {{{"zones", "compare-zones"}, 0.59}, {{"page", "experiment"}, 0.41}}},
    };
    return list;
}
const QStringList& strip() {
    static const QStringList ids{"plots", "log"};
    return ids;
}
/// Closed until there is something to compare, so that their tabs take no room.
const QStringList& comparing() {
    static const QStringList ids{"compare-maps", "compare-zones", "compare"};
    return ids;
}
constexpr double stripShare = 0.215;
constexpr int layoutVersion = 2;  ///< of what is saved; raise it when panels change their names

}  // namespace

Panels::Panels(const ViewContext& context, QWidget* parent)
    : QMainWindow(parent), m_theme(context.theme), m_slider(new TimeSlider(context.theme)) {
    setWindowFlags(Qt::Widget);
    setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks);
    setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    setDockNestingEnabled(true);
    bool sliderPlaced = false;
    for (const ViewInfo& info : allViews()) {
        const QString id = QString::fromLatin1(info.id);
        const bool time = id == "plots";
        View* view = info.make(context, nullptr);
        addPanel(id, QString::fromUtf8(info.title), view, time ? m_slider : nullptr);
        if (auto* plot = qobject_cast<TimeplotView*>(view)) alignSlider(*plot);
        sliderPlaced = sliderPlaced || time;
    }
    if (!sliderPlaced) addPanel("plots", "Time", nullptr, m_slider);
    resetLayout();
}

/// One x is one moment in the plot and on the slider below it.
void Panels::alignSlider(TimeplotView& plot) {
    const auto align = [this, &plot] { m_slider->setInsets(plot.plotMargins().left(), plot.plotMargins().right()); };
    connect(&plot, &TimeplotView::marginsChanged, m_slider, align);
    align();
}

void Panels::addPanel(const QString& id, const QString& title, View* view, QWidget* footer) {
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName("panel-" + id);
    dock->setAccessibleName(title);
    auto* line = new PanelTitle(title, m_theme, dock);
    dock->setTitleBarWidget(line);
    dock->setWidget(new PanelBody(view, footer, m_theme, dock));
    if (view) {
        view->setObjectName(id);
        if (view->accessibleName().isEmpty()) view->setAccessibleName(title);
        attachTitle(*line, *view);
        connect(view, &View::requested, this, &Panels::requested);
    }
    m_panels[id] = {dock, view, true};
    connect(dock, &QDockWidget::visibilityChanged, this, [this, id](bool visible) {
        if (visible) refresh(m_panels[id]);
        showTitles();
    });
    connect(dock, &QDockWidget::dockLocationChanged, this, &Panels::showTitles);
    // Closing and floating without the title bar buttons that would clutter it.
    line->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(line, &QWidget::customContextMenuRequested, this, [dock, line](const QPoint& at) {
        QMenu menu;
        menu.addAction(dock->isFloating() ? "Dock" : "Float", dock, [dock] { dock->setFloating(!dock->isFloating()); });
        menu.addAction("Close", dock, &QWidget::close);
        menu.exec(line->mapToGlobal(at));
    });
}

void Panels::showTitles() {
    // A tab already says the name; a panel that shares its place only with closed ones has no tab.
    const auto hasTab = [this](QDockWidget* dock) {
        const QList<QDockWidget*> others = tabifiedDockWidgets(dock);
        return std::any_of(others.begin(), others.end(),
                           [](QDockWidget* other) { return other->toggleViewAction()->isChecked(); });
    };
    for (auto& [id, panel] : m_panels)
        if (auto* line = qobject_cast<PanelTitle*>(panel.dock->titleBarWidget()))
            line->setTitleShown(panel.dock->isFloating() || !hasTab(panel.dock));
}

void Panels::refresh(Panel& panel) {
    if (!panel.view || !panel.stale || !m_snapshot) return;
    panel.stale = false;
    panel.view->setSnapshot(m_snapshot);
}

void Panels::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    m_slider->setPosition(snapshot->at);
    for (auto& [id, panel] : m_panels) {
        panel.stale = true;
        if (panel.view && panel.view->isVisible()) refresh(panel);
    }
}

void Panels::setStatus(const WorkerStatus& status) {
    for (auto& [id, panel] : m_panels)
        if (panel.view) panel.view->setStatus(status);
}

void Panels::setComparison(const ComparisonPtr& comparison) {
    for (auto& [id, panel] : m_panels)
        if (panel.view) panel.view->setComparison(comparison);
}

void Panels::revealComparison() {
    for (const QString& id : comparing())
        reveal(id);
}

QDockWidget* Panels::panel(const QString& id) const {
    const auto found = m_panels.find(id);
    return found == m_panels.end() ? nullptr : found->second.dock;
}

View* Panels::view(const QString& id) const {
    const auto found = m_panels.find(id);
    return found == m_panels.end() ? nullptr : found->second.view;
}

void Panels::reveal(const QString& id) {
    if (QDockWidget* dock = panel(id)) {
        dock->show();
        dock->raise();
    }
}

void Panels::addToggles(QMenu& menu) {
    for (const ViewInfo& info : allViews())
        if (QDockWidget* dock = panel(QString::fromLatin1(info.id))) menu.addAction(dock->toggleViewAction());
}

bool Panels::restoreLayout(const QByteArray& saved) {
    const bool restored = !saved.isEmpty() && restoreState(saved, layoutVersion);
    m_proportioned = restored;
    showTitles();
    return restored;
}

QByteArray Panels::saveLayout() const {
    return saveState(layoutVersion);
}

void Panels::resetLayout() {
    for (auto& [id, panel] : m_panels) {
        panel.dock->setFloating(false);
        removeDockWidget(panel.dock);
    }
    const auto present = [this](const QStringList& ids) {
        std::vector<QDockWidget*> docks;
        for (const QString& id : ids)
            if (QDockWidget* dock = panel(id)) docks.push_back(dock);
        return docks;
    };
    const auto tabs = [this](const std::vector<QDockWidget*>& docks) {
        for (std::size_t i = 1; i < docks.size(); ++i)
            tabifyDockWidget(docks[0], docks[i]);
    };
    // First the top of each column side by side, then each column downwards, then tabs: the order Qt needs.
    std::vector<std::vector<std::vector<QDockWidget*>>> grid;
    for (const Column& column : columns()) {
        std::vector<std::vector<QDockWidget*>> cells;
        for (const Cell& cell : column.cells)
            if (auto docks = present(cell.tabs); !docks.empty()) cells.push_back(std::move(docks));
        if (!cells.empty()) grid.push_back(std::move(cells));
    }
    const auto bottom = present(strip());
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
    for (auto& [id, panel] : m_panels) {
        // A view that the arrangement does not know still has to be somewhere.
        if (dockWidgetArea(panel.dock) == Qt::NoDockWidgetArea) addDockWidget(Qt::TopDockWidgetArea, panel.dock);
        panel.dock->setVisible(!comparing().contains(id));
    }
    for (const auto& cells : grid)
        for (const auto& docks : cells)
            docks[0]->raise();
    if (!bottom.empty()) bottom[0]->raise();
    showTitles();
    m_proportioned = false;
    if (isVisible()) proportion();
}

void Panels::proportion() {
    m_proportioned = true;
    const auto firstOf = [this](const QStringList& ids) -> QDockWidget* {
        for (const QString& id : ids)
            if (QDockWidget* dock = panel(id)) return dock;
        return nullptr;
    };
    QList<QDockWidget*> tops;
    QList<int> widths;
    const double upper = height() * (1 - stripShare);
    for (const Column& column : columns()) {
        QList<QDockWidget*> docks;
        QList<int> heights;
        for (const Cell& cell : column.cells)
            if (QDockWidget* dock = firstOf(cell.tabs)) {
                docks.push_back(dock);
                heights.push_back(static_cast<int>(upper * cell.share));
            }
        if (docks.empty()) continue;
        resizeDocks(docks, heights, Qt::Vertical);
        tops.push_back(docks[0]);
        widths.push_back(static_cast<int>(width() * column.share));
    }
    resizeDocks(tops, widths, Qt::Horizontal);
    // resizeDocks() does not shrink a group of tabs below its size hint; a limit for one layout pass does.
    for (const QString& id : strip())
        if (QDockWidget* dock = panel(id)) dock->setMaximumHeight(static_cast<int>(height() * stripShare));
    layout()->activate();
    QMetaObject::invokeMethod(this, &Panels::releaseStrip, Qt::QueuedConnection);
}

void Panels::releaseStrip() {
    for (const QString& id : strip())
        if (QDockWidget* dock = panel(id)) dock->setMaximumHeight(QWIDGETSIZE_MAX);
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
