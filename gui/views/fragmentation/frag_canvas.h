// SPDX-License-Identifier: GPL-3.0-or-later
// Two maps of time against order, one above the other: how much free memory an order cannot use, and why an allocation
// of it would fail. In the first a line at the largest free block; at the right the figures of now. Click or drag
// seeks.
//
//      order 10 |      ....::::::######|0.93
//             9 |        ....::::######|0.81     pale: all free memory can be used, full: none
//             0 |______________________|0.00
#pragma once

#include <QImage>
#include <QWidget>
#include <optional>

#include "gui/models/frag_series.h"
#include "gui/style/theme.h"

class QPainter;

namespace mm::gui {

class FragCanvas : public QWidget {
    Q_OBJECT
public:
    FragCanvas(const Theme& theme, QWidget* parent);

    void setSeries(std::vector<FragPoint> series, unsigned orders, Position end);
    void setNow(const FragPoint& now, bool known);
    /// The moment that now is compared with; inSight: it is on this time axis.
    void setMark(const std::optional<FragPoint>& mark, bool inSight);
    const std::vector<FragPoint>& series() const { return m_series; }
    QSize sizeHint() const override { return {m_theme.px(420), m_theme.px(340)}; }
    QSize minimumSizeHint() const override { return {m_theme.px(220), m_theme.px(200)}; }

    enum class Map { unusable, extfrag };
    /// Where a map's cells are.
    QRectF area(Map map) const;
    QColor colourOf(Map map, int value) const;

Q_SIGNALS:
    void asked(Position at);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override;

private:
    double rowHeight() const;
    double xOf(Position at) const;
    Position positionAt(double x) const;
    QImage cells(Map map) const;
    void paintMap(QPainter& painter, Map map) const;
    QString verdict(Map map) const;
    void paintScale(QPainter& painter, Map map, double x) const;
    void paintLargest(QPainter& painter) const;
    int valueOf(Map map, const FragPoint& point, unsigned order) const;

    const Theme& m_theme;
    std::vector<FragPoint> m_series;
    unsigned m_orders = 11;
    Position m_end = 0;
    FragPoint m_now;
    bool m_known = false;
    std::optional<FragPoint> m_mark;
    bool m_markInSight = false;
};

}  // namespace mm::gui
