// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of blocks, painted: a box a block, wider the higher its order; head of the list at the left, where an
// allocation takes and most frees put. Hover says which frames, click selects them everywhere.
#pragma once

#include <QWidget>
#include <optional>

#include "gui/models/buddy_rows.h"
#include "gui/state/view_state.h"
#include "gui/style/theme.h"

namespace mm::gui {

class BuddyCanvas : public QWidget {
    Q_OBJECT
public:
    BuddyCanvas(const Theme& theme, ViewState& state, QWidget* parent);

    void setRows(ZoneRef zone, std::vector<BuddyRow> rows);
    const std::vector<BuddyRow>& rows() const { return m_rows; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {160, sizeHint().height()}; }

    struct Place {
        std::size_t row = 0, block = 0;
        friend bool operator==(const Place&, const Place&) = default;
    };
    /// Where a block is drawn; empty beyond the right edge.
    QRectF box(Place place) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    double naturalTop(std::size_t row) const;
    double naturalHeight() const;
    double scale() const;
    double textScale() const;
    double rowTop(std::size_t row) const;
    double rowHeight() const;
    double labelWidth() const;
    double boxWidth(unsigned order) const;
    std::size_t shown(std::size_t row) const;
    std::optional<Place> placeAt(QPointF at) const;
    void paintLabels(QPainter& painter) const;
    void paintRow(QPainter& painter, std::size_t row) const;
    void select(Place place);
    void moveTo(Place place);
    QString words(Place place) const;

    const Theme& m_theme;
    ViewState& m_state;
    ZoneRef m_zone{};
    std::vector<BuddyRow> m_rows;
    Place m_cursor;
};

}  // namespace mm::gui
