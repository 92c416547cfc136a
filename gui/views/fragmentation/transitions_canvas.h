// SPDX-License-Identifier: GPL-3.0-or-later
// How pageblocks change their types: a matrix from-to with counts, and below it each kind of change along time. A click
// on a tick goes to that moment.
//
//      from \ to   Unmov  Mov  Recl        Movable -> Unmovable   | ||  |    ||||
//      Movable       34    .     6         Unmovable -> Movable      |  |  |
#pragma once

#include <QWidget>

#include "gui/models/table.h"
#include "gui/state/answers.h"
#include "gui/style/theme.h"

namespace mm::gui {

class TransitionsCanvas : public QWidget {
    Q_OBJECT
public:
    TransitionsCanvas(const Theme& theme, QWidget* parent);
    void setMap(std::shared_ptr<const PollutionAnswer> answer);
    Table table() const;
    QSize minimumSizeHint() const override { return {m_theme.px(220), m_theme.px(200)}; }
    /// The change nearest to that place, where there is one within a few pixels.
    std::optional<TypeChange> changeAt(QPointF place) const;

Q_SIGNALS:
    void asked(const mm::TypeChange& change);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override;

private:
    QRectF matrixCell(std::size_t from, std::size_t to) const;
    QRectF timeRow(std::size_t kind) const;
    double xOf(Position at) const;
    void paintMatrix(QPainter& painter) const;
    void paintTime(QPainter& painter) const;

    const Theme& m_theme;
    std::shared_ptr<const PollutionAnswer> m_answer;
    std::vector<Transition> m_kinds;
    std::vector<MigrateType> m_types;  ///< those that occur
};

}  // namespace mm::gui
