// SPDX-License-Identifier: GPL-3.0-or-later
// High memory drawn: which frames the direct map reaches, and the slots by which a 32-bit kernel looks at the others. A
// click or the arrow keys choose a mapped slot, which selects its frame everywhere.
#pragma once

#include <QWidget>

#include "gui/state/view_state.h"
#include "gui/style/theme.h"
#include "gui/views/highmem/slots_layout.h"

class QPainter;

namespace mm::gui {

class SlotsCanvas : public QWidget {
    Q_OBJECT
public:
    SlotsCanvas(const Theme& theme, ViewState& state, QWidget* parent);

    void setSnapshot(const SnapshotPtr& snapshot);
    const SlotsLayout& slotsLayout() const { return m_layout; }
    /// In words: "slot 3 at 0xff803000: frame 0x3a000, 2 users".
    QString words(const SlotRef& slot) const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {m_theme.px(200), sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    const HighmemState& highmem() const { return m_snapshot->state.highmem; }
    Pfn endPfn() const { return m_snapshot->state.max_pfn; }
    void relayout();
    void choose(const SlotRef& slot);
    QString physicalWords(QPointF at) const;
    double xOf(Pfn pfn) const;
    void paintPhysical(QPainter& painter) const;
    void paintSlot(QPainter& painter, const SlotRef& slot) const;
    void paintCaptions(QPainter& painter) const;
    void paintLegend(QPainter& painter) const;

    const Theme& m_theme;
    ViewState& m_state;
    SnapshotPtr m_snapshot;
    SlotsLayout m_layout;
};

}  // namespace mm::gui
