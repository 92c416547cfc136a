// SPDX-License-Identifier: GPL-3.0-or-later
// The matrix order x migratetype of one zone: block counts, hue by migratetype, intensity by share of the zone's free
// pages, lists that changed since the last picture outlined. Arrows move, Enter or a click chooses a list.
#pragma once

#include <QWidget>
#include <functional>

#include "gui/models/free_matrix.h"
#include "gui/state/view_state.h"
#include "gui/style/theme.h"

namespace mm::gui {

class MatrixWidget : public QWidget {
public:
    MatrixWidget(const Theme& theme, std::function<void(ListRef)> chosen, QWidget* parent);

    /// withChanges: how many blocks more or fewer than at the moment compared with is written into the cells.
    void setMatrix(FreeMatrix matrix, bool withChanges = false);
    void setChosen(const std::optional<ListRef>& list);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

    QRectF cellRect(unsigned order, std::size_t column) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Place {
        unsigned order = 0;
        std::size_t column = 0;
    };
    ListRef listAt(Place place) const;
    std::optional<Place> placeAt(QPointF at) const;
    double textScale() const;
    double headWidth() const;
    double headHeight() const;
    double headRoom() const;  ///< at 100 %
    QString columnName(std::size_t column) const;
    void paintHeads(QPainter& painter) const;
    void paintCell(QPainter& painter, Place place) const;
    void describe();

    const Theme& m_theme;
    std::function<void(ListRef)> m_choose;
    FreeMatrix m_matrix;
    std::optional<ListRef> m_list;
    Place m_cursor;
    bool m_withChanges = false;
};

}  // namespace mm::gui
