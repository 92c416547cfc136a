// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/shell/panels.h"

#include <QApplication>
#include <QMenu>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "gui/shell/panel_menu.h"
#include "gui/shell/tab_contexts.h"

namespace mm::gui {
namespace {

/// Not behind another tab: QMainWindow moves those out of the window and lets them be visible.
bool inFront(const QDockWidget& dock) {
    const QRect place = dock.geometry();
    return dock.isVisible() && (dock.isFloating() || (place.right() >= 0 && place.bottom() >= 0));
}

}  // namespace

Panels::Panels(const ViewContext& context, Making making, QWidget* parent)
    : QMainWindow(parent),
      m_context(context),
      m_theme(context.theme),
      m_tabContexts(new TabContexts(*this, m_theme, [this](const QString& title) { return wordsForTab(title); })) {
    setWindowFlags(Qt::Widget);
    setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks);
    setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    setDockNestingEnabled(true);
    for (const ViewInfo& info : allViews())
        addPanel(info);
    m_filling = making == Making::whole;
    for (auto& [id, panel] : m_panels) {
        if (m_filling)
            make(panel);
        else
            panel.dock->setWidget(new PanelBody(nullptr, m_theme, panel.dock));  // until the view is made
    }
    connect(qApp, &QApplication::focusChanged, this, &Panels::markFocus);
    arrange(presets().front());
}

void Panels::addPanel(const ViewInfo& info) {
    const QString id = QString::fromLatin1(info.id), title = QString::fromUtf8(info.title);
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName("panel-" + id);
    dock->setAccessibleName(title);
    auto* line = new PanelTitle(title, m_theme, dock);
    dock->setTitleBarWidget(line);
    m_panels[id] = {.info = &info, .dock = dock};
    connect(dock, &QDockWidget::visibilityChanged, this, [this, id](bool visible) {
        if (visible) refresh(m_panels[id]);
        showTitlesSoon();
    });
    connect(dock, &QDockWidget::dockLocationChanged, this, &Panels::showTitlesSoon);
    connect(line, &PanelTitle::contextShown, m_tabContexts, &TabContexts::refresh);
    // Closing and floating without the title bar buttons that would clutter it.
    line->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(line, &QWidget::customContextMenuRequested, this,
            [this, id, line](const QPoint& at) { showMenu(id, line->mapToGlobal(at)); });
}

void Panels::make(Panel& panel) {
    if (panel.view) return;
    const QString id = QString::fromLatin1(panel.info->id);
    View* const view = panel.info->make(m_context, nullptr);
    panel.view = view;
    view->setObjectName(id);
    if (view->accessibleName().isEmpty()) view->setAccessibleName(panel.dock->accessibleName());
    delete panel.dock->widget();
    panel.dock->setWidget(new PanelBody(view, m_theme, panel.dock));
    attachTitle(*static_cast<PanelTitle*>(panel.dock->titleBarWidget()), *view);
    connect(view, &View::requested, this, &Panels::requested);
    connect(view, &View::revealed, this, &Panels::reveal);
    view->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(view, &QWidget::customContextMenuRequested, this,
            [this, id, view](const QPoint& at) { showMenu(id, view->mapToGlobal(at)); });
    Q_EMIT made(view);
    if (!m_snapshot) return;
    if (inFront(*panel.dock)) refresh(panel);
    view->setStatus(m_status);
    view->setAnswers(m_answers);
    if (m_comparison) view->setComparison(m_comparison);
}

void Panels::fill() {
    for (auto& [id, panel] : m_panels)
        make(panel);
    Q_EMIT filled();
    if (!m_restored) proportion();  // empty panels had no sizes to hold out for
}

void Panels::paintEvent(QPaintEvent* event) {
    QMainWindow::paintEvent(event);
    if (std::exchange(m_filling, true)) return;
    QMetaObject::invokeMethod(this, &Panels::fill, Qt::QueuedConnection);  // when all is painted
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

/// Once for however many panels have moved, and before they are painted.
void Panels::showTitlesSoon() {
    if (!std::exchange(m_titlesStale, true)) QMetaObject::invokeMethod(this, &Panels::showTitles, Qt::QueuedConnection);
}

void Panels::showTitles() {
    m_titlesStale = false;
    // A tab already says the name; a panel that shares its place only with closed ones has no tab.
    const auto hasTab = [this](QDockWidget* dock) {
        const QList<QDockWidget*> others = tabifiedDockWidgets(dock);
        return std::any_of(others.begin(), others.end(),
                           [](QDockWidget* other) { return other->toggleViewAction()->isChecked(); });
    };
    for (auto& [id, panel] : m_panels)
        if (auto* line = qobject_cast<PanelTitle*>(panel.dock->titleBarWidget()))
            line->setTitleShown(panel.dock->isFloating() || !hasTab(panel.dock));
    m_tabContexts->refresh();
}

QString Panels::wordsForTab(const QString& title) const {
    for (const auto& [id, panel] : m_panels)
        if (panel.dock->windowTitle() == title)
            return static_cast<PanelTitle*>(panel.dock->titleBarWidget())->contextForTabs();
    return {};
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
        if (panel.view && inFront(*panel.dock)) refresh(panel);
    }
}

void Panels::setStatus(const WorkerStatus& status) {
    m_status = status;
    for (auto& [id, panel] : m_panels)
        if (panel.view) panel.view->setStatus(status);
}

void Panels::setAnswers(const Answers& answers) {
    m_answers = answers;
    for (auto& [id, panel] : m_panels)
        if (panel.view) panel.view->setAnswers(answers);
}

void Panels::setComparison(const ComparisonPtr& comparison) {
    m_comparison = comparison;
    for (auto& [id, panel] : m_panels)
        if (panel.view) panel.view->setComparison(comparison);
}

QDockWidget* Panels::panel(const QString& id) const {
    const auto found = m_panels.find(id);
    return found == m_panels.end() ? nullptr : found->second.dock;
}

View* Panels::madeView(const QString& id) const {
    const auto found = m_panels.find(id);
    return found == m_panels.end() ? nullptr : found->second.view;
}

View* Panels::view(const QString& id) {
    const auto found = m_panels.find(id);
    if (found == m_panels.end()) return nullptr;
    make(found->second);
    return found->second.view;
}

void Panels::reveal(const QString& id) {
    if (QDockWidget* dock = panel(id)) {
        dock->show();
        dock->raise();
    }
}

void Panels::addToggles(QMenu& menu) {
    for (const ViewInfo& info : allViews()) {
        const QString id = QString::fromLatin1(info.id);
        QDockWidget* dock = panel(id);
        if (!dock) continue;
        menu.addAction(dock->toggleViewAction());
        connect(dock->toggleViewAction(), &QAction::triggered, this, [this, id](bool on) {
            if (on) reveal(id);  // not behind the other tabs of its place
        });
    }
}

}  // namespace mm::gui
