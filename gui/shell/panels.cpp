// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/shell/panels.h"

#include <QApplication>
#include <QMenu>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "gui/shell/panel_menu.h"

namespace mm::gui {
Panels::Panels(const ViewContext& context, QWidget* parent) : QMainWindow(parent), m_theme(context.theme) {
    setWindowFlags(Qt::Widget);
    setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks);
    setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    setDockNestingEnabled(true);
    for (const ViewInfo& info : allViews())
        addPanel(QString::fromLatin1(info.id), QString::fromUtf8(info.title), *info.make(context, nullptr));
    connect(qApp, &QApplication::focusChanged, this, &Panels::markFocus);
    arrange(presets().front());
}

void Panels::addPanel(const QString& id, const QString& title, View& view) {
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName("panel-" + id);
    dock->setAccessibleName(title);
    auto* line = new PanelTitle(title, m_theme, dock);
    dock->setTitleBarWidget(line);
    dock->setWidget(new PanelBody(&view, m_theme, dock));
    view.setObjectName(id);
    if (view.accessibleName().isEmpty()) view.setAccessibleName(title);
    attachTitle(*line, view);
    connect(&view, &View::requested, this, &Panels::requested);
    connect(&view, &View::revealed, this, &Panels::reveal);
    m_panels[id] = {dock, &view, true};
    connect(dock, &QDockWidget::visibilityChanged, this, [this, id](bool visible) {
        if (visible) refresh(m_panels[id]);
        showTitles();
    });
    connect(dock, &QDockWidget::dockLocationChanged, this, &Panels::showTitles);
    // Closing and floating without the title bar buttons that would clutter it.
    line->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(line, &QWidget::customContextMenuRequested, this,
            [this, id, line](const QPoint& at) { showMenu(id, line->mapToGlobal(at)); });
    view.setContextMenuPolicy(Qt::CustomContextMenu);
    connect(&view, &QWidget::customContextMenuRequested, this,
            [this, id, &view](const QPoint& at) { showMenu(id, view.mapToGlobal(at)); });
}

void Panels::showMenu(const QString& id, QPoint global) {
    QDockWidget* dock = panel(id);
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (View* shown = view(id)) {
        shown->fillMenu(*menu, shown->mapFromGlobal(global));
        if (!menu->isEmpty()) menu->addSeparator();
        fillPanelMenu(*menu, *dock, *shown, [this](const QString& why) { Q_EMIT failed(why); });
        menu->addSeparator();
    }
    menu->addAction(dock->isFloating() ? "Dock" : "Float", dock, [dock] { dock->setFloating(!dock->isFloating()); });
    menu->addAction("Close", dock, &QWidget::close);
    menu->popup(global);
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
    for (auto& [id, panel] : m_panels) {
        panel.stale = true;
        if (panel.view && panel.view->isVisible()) refresh(panel);
    }
}

void Panels::setStatus(const WorkerStatus& status) {
    for (auto& [id, panel] : m_panels)
        if (panel.view) panel.view->setStatus(status);
}

void Panels::setAnswers(const Answers& answers) {
    for (auto& [id, panel] : m_panels)
        if (panel.view) panel.view->setAnswers(answers);
}

void Panels::setComparison(const ComparisonPtr& comparison) {
    for (auto& [id, panel] : m_panels)
        if (panel.view) panel.view->setComparison(comparison);
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

}  // namespace mm::gui
