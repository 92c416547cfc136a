// SPDX-License-Identifier: GPL-3.0-or-later
// The address space as one column, ascending downwards, and beside it what each area is:
//
//      [       ]  user space                                128 TiB
//      [       ]  0000000000000000-00007fffffffffff
//      ~ break ~  non-canonical hole
//      [-------]  direct map      <- the line: where the selected frame is seen
//
// Heights are not to scale: an area gets its words' height and a share of what is left by the logarithm of its size.
#pragma once

#include <QWidget>
#include <functional>

#include "gui/style/theme.h"
#include "gui/views/layout/layout_rows.h"

namespace mm::gui {

class LayoutCanvas : public QWidget {
    Q_OBJECT
public:
    LayoutCanvas(const Theme& theme, QWidget* parent);

    void setRows(std::vector<LayoutRow> rows);
    void setCurrent(int row);  ///< -1: none
    int current() const { return m_current; }
    /// Where the selected frame lies in a row; row -1: nowhere.
    void setMark(int row, double share);
    QRect rowRect(int row) const;
    const std::vector<LayoutRow>& rows() const { return m_rows; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void chosen(int row);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    double leastHeight(const LayoutRow& row) const;
    std::vector<double> edges() const;
    int rowAt(double y) const;
    QColor ink(AreaKind kind) const;
    void paintColumn(QPainter& painter, const LayoutRow& row, const QRectF& box) const;
    void paintWords(QPainter& painter, const LayoutRow& row, const QRectF& box, bool current) const;

    const Theme& m_theme;
    std::vector<LayoutRow> m_rows;
    int m_current = -1, m_mark = -1;
    double m_markShare = 0;
};

}  // namespace mm::gui
