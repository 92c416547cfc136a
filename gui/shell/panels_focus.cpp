// SPDX-License-Identifier: GPL-3.0-or-later
// Panels and the keyboard: which panel has it, and going from one to the next.
#include <QApplication>
#include <algorithm>

#include "gui/shell/panels.h"

namespace mm::gui {
namespace {

/// To the view's own choice, or the first of its widgets that takes the keyboard, or to the view itself.
bool giveFocus(View& view) {
    std::vector<QWidget*> wanted;
    if (view.focusProxy()) wanted.push_back(view.focusProxy());
    for (QWidget* child : view.findChildren<QWidget*>())
        if (child->focusPolicy() & Qt::TabFocus) wanted.push_back(child);
    for (QWidget* widget : wanted) {
        if (!widget->isVisible() || !widget->isEnabled()) continue;
        widget->setFocus(Qt::TabFocusReason);
        return true;
    }
    if (view.focusProxy()) return false;
    view.setFocusPolicy(Qt::StrongFocus);  // one that only shows: still a place to be, and to copy from
    view.setFocus(Qt::TabFocusReason);
    return true;
}

}  // namespace

Panels::~Panels() {
    // While children go, the focus wanders; nobody is to look at what is half gone.
    disconnect(qApp, nullptr, this, nullptr);
}

View* Panels::focusedView() const {
    const QWidget* focused = QApplication::focusWidget();
    for (const auto& [id, panel] : m_panels)
        if (focused && panel.view && (panel.view == focused || panel.dock->isAncestorOf(focused))) return panel.view;
    return nullptr;
}

void Panels::focusNext(bool forward) {
    std::vector<const Panel*> open;
    for (const auto& [id, panel] : m_panels)
        if (panel.view && !panel.view->visibleRegion().isEmpty()) open.push_back(&panel);  // not behind a tab
    if (open.empty()) return;
    // Columns from the left, each from the top.
    std::sort(open.begin(), open.end(), [](const Panel* a, const Panel* b) {
        const QPoint p = a->dock->mapToGlobal(QPoint()), q = b->dock->mapToGlobal(QPoint());
        return p.x() != q.x() ? p.x() < q.x() : p.y() < q.y();
    });
    const View* from = focusedView();
    const auto at = std::find_if(open.begin(), open.end(), [from](const Panel* p) { return p->view == from; });
    const auto count = static_cast<std::ptrdiff_t>(open.size());
    std::ptrdiff_t next = at == open.end() ? (forward ? -1 : count) : at - open.begin();
    for (std::ptrdiff_t tries = 0; tries < count; ++tries) {
        next = (next + (forward ? 1 : -1) + count) % count;
        if (giveFocus(*open[static_cast<std::size_t>(next)]->view)) return;
    }
}

void Panels::markFocus() {
    const View* focused = focusedView();
    for (auto& [id, panel] : m_panels) {
        const bool here = panel.view && panel.view == focused;
        static_cast<PanelTitle*>(panel.dock->titleBarWidget())->setFocused(here);
        if (panel.view) static_cast<PanelBody*>(panel.dock->widget())->setFocused(here);
    }
}

}  // namespace mm::gui
