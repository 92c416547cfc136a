// SPDX-License-Identifier: GPL-3.0-or-later
// The legend of the map: two swatches a kind (in use, free), its name, and how many frames. Counts what it names, and
// filters when clicked: a name shows only that kind, a swatch only that half, a second click everything again; with
// Ctrl one adds.
#pragma once

#include <QWidget>

#include "gui/models/page_pyramid.h"
#include "gui/views/heatmap/heatmap_painter.h"

namespace mm::gui {

class HeatmapLegend : public QWidget {
    Q_OBJECT
public:
    HeatmapLegend(const Theme& theme, QWidget* parent);

    void setCounts(const ModeInfo& mode, const std::array<NrPages, maxCategories>& totals, std::uint32_t shown);
    /// Two columns of numbers, in use and free, or their sum.
    void setWide(bool wide);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void filterRequested(std::uint32_t categories);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Row {
        LegendRow what;
        NrPages used = 0, free = 0;
        std::uint32_t bits = 0;
        bool common = false;
    };
    int rowHeight() const;
    int headHeight() const;
    int ruleHeight() const;
    int numberWidth() const;
    QRect rowRect(std::size_t row) const;
    QRect swatch(std::size_t row, int which) const;
    int rowAt(QPoint at) const;
    void toggle(std::uint32_t bits, bool add);
    void paintRow(QPainter& painter, std::size_t row) const;
    void paintSwatch(QPainter& painter, QRect rect, int category) const;

    const Theme& m_theme;
    const ModeInfo* m_mode = nullptr;
    std::vector<Row> m_rows;
    std::uint32_t m_shown = ~0u;
    bool m_wide = true;
    int m_hovered = -1, m_focused = 0;
};

}  // namespace mm::gui
