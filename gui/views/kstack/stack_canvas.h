// SPDX-License-Identifier: GPL-3.0-or-later
// One kernel stack, drawn as it lies in the kernel's addresses: high ones above, so that it grows down the picture. A
// click on a page selects its frame everywhere, one on the task_struct its object.
//
//      0xffffc90000084000  |////////|  guard page: not mapped
//      0xffffc90000083000  | 0x1a2b |  begins here, grows down
//                   ...    | 0x07c1 |
//      0xffffc90000080000  | 0x1a30 |  STACK_END_MAGIC
//      0xffffc9000007f000  |////////|  guard page of what lies below: an overflow faults here
//                          task_struct 0x1a8c1840
#pragma once

#include <QWidget>

#include "gui/state/view_state.h"
#include "gui/style/theme.h"
#include "gui/views/kstack/task_model.h"

class QPainter;

namespace mm::gui {

class StackCanvas : public QWidget {
    Q_OBJECT
public:
    StackCanvas(const Theme& theme, ViewState& state, QWidget* parent);

    /// row: none, for nothing to draw. frames: its pages from its lower end on.
    void setStack(const SnapshotPtr& snapshot, const std::optional<StackRow>& row, std::vector<Pfn> frames);
    const std::optional<StackRow>& stack() const { return m_row; }
    /// Where a page of the stack is drawn; 0 is the lowest.
    QRectF pageRect(std::size_t page) const;
    QRectF taskRect() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {m_theme.px(200), sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    /// A line of the picture: addresses fall from the first line on.
    QRectF line(int index) const;
    bool inWindow() const { return m_row && m_row->stack.stack != 0; }
    VirtAddr lowEnd() const;
    std::optional<std::size_t> pageAt(QPointF at) const;
    QString noteOf(std::size_t page) const;
    void paintBox(QPainter& painter, const QRectF& box, const QBrush& fill, const QString& words, bool chosen) const;
    void paintLine(QPainter& painter, const QRectF& box, VirtAddr address, const QString& note) const;
    void paintGuard(QPainter& painter, const QRectF& box, VirtAddr address, const QString& note) const;
    void selectPage(std::size_t page);
    void selectTask();

    const Theme& m_theme;
    ViewState& m_state;
    SnapshotPtr m_snapshot;
    std::optional<StackRow> m_row;
    std::vector<Pfn> m_frames;
};

}  // namespace mm::gui
