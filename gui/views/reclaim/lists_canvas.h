// SPDX-License-Identifier: GPL-3.0-or-later
// Reclaim drawn: how far memory is from its watermarks, the lists pages are taken from with those that are next, what
// shrinkers could give, and what has happened so far. A click on a page selects its frame everywhere.
#pragma once

#include <QWidget>

#include "engine/snapshot/reclaim_format.h"
#include "gui/state/view_state.h"
#include "gui/style/theme.h"
#include "gui/views/reclaim/lists_layout.h"

class QPainter;

namespace mm::gui {

class ListsCanvas : public QWidget {
    Q_OBJECT
public:
    ListsCanvas(const Theme& theme, ViewState& state, QWidget* parent);

    void setSnapshot(const SnapshotPtr& snapshot);
    const ListsLayout& listsLayout() const { return m_layout; }
    /// The page that is drawn there, no_pfn: none.
    Pfn pageAt(QPointF at) const;
    /// Where free memory stands, in words: "kswapd sleeps".
    QString stateWords(std::size_t node) const;
    QSize sizeHint() const override { return {m_theme.px(420), static_cast<int>(m_layout.height) + 1}; }
    QSize minimumSizeHint() const override { return {m_theme.px(240), sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    const LruVec& vecOf(std::size_t node) const;
    NodeMarks marksOf(std::size_t node) const;
    void relayout();
    QString pageWords(Pfn pfn) const;
    QBrush inkOf(LruList list, Pfn pfn) const;
    void paintGauge(QPainter& painter, std::size_t node) const;
    void paintList(QPainter& painter, std::size_t node, LruList list, NrPages most) const;
    void paintShrinkers(QPainter& painter, std::size_t node) const;
    void paintCounters(QPainter& painter) const;
    void paintLegend(QPainter& painter) const;

    const Theme& m_theme;
    ViewState& m_state;
    SnapshotPtr m_snapshot;
    ListsLayout m_layout;
    std::vector<std::array<std::vector<Pfn>, nr_lru_lists>> m_tails;  ///< by node: pages that are looked at first
};

}  // namespace mm::gui
