// SPDX-License-Identifier: GPL-3.0-or-later
// The areas of one process, a row each as in /proc/PID/maps: address, protection, which of its pages are in memory, in
// swap or nowhere, and what it is. A click on a page selects its frame everywhere.
//
//      555555554000 r--p  [##    ]     4K  /usr/bin/make
//      55555555b000 rw-p  [####..]    24K  [heap]            # anonymous   = of a file   . swapped out
#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "engine/snapshot/snapshot.h"
#include "gui/state/view_state.h"
#include "gui/style/theme.h"

class QPainter;

namespace mm::gui {

/// The process that maps the frame, and where; nothing: none does.
struct FrameUse {
    Pid pid = 0;
    VirtAddr area = 0, address = 0;
};
std::optional<FrameUse> useOfFrame(const Snapshot& snapshot, Pfn pfn);

class AreasCanvas : public QWidget {
    Q_OBJECT
public:
    AreasCanvas(const Theme& theme, ViewState& state, QWidget* parent);

    void setSnapshot(const SnapshotPtr& snapshot);
    void setProcess(Pid pid);
    Pid process() const { return m_pid; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {200, sizeHint().height()}; }
    /// Row of the area that begins there, and its bar, for the width the canvas has; empty where there is none.
    QRectF rowOf(VirtAddr start) const;
    QRectF barOf(VirtAddr start) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    enum class Page : std::uint8_t { absent, anonymous, file, zero, swapped };
    struct Row {
        VirtRange range;
        QString flags, name;
        std::vector<Page> pages;  ///< empty: too many to look at one by one
    };
    void listAreas();
    double rowHeight() const { return m_theme.px(20); }
    double barFrom() const;
    double barWidth() const;
    void paintRow(QPainter& painter, std::size_t row, bool chosen) const;
    void paintBar(QPainter& painter, const Row& row, const QRectF& bar) const;
    QColor ink(Page page) const;
    std::optional<std::size_t> rowAt(double y) const;
    std::optional<VirtAddr> addressAt(QPointF at) const;
    QString words(std::size_t row, std::optional<VirtAddr> address) const;
    std::optional<std::size_t> chosenRow() const;

    const Theme& m_theme;
    ViewState& m_state;
    SnapshotPtr m_snapshot;
    Pid m_pid = 0;
    std::vector<Row> m_rows;
};

}  // namespace mm::gui
