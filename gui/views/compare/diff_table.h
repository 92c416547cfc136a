// SPDX-License-Identifier: GPL-3.0-or-later
// The table of two logs, both columns of one width, and what whoever shows it puts around it: a scroll bar that moves
// both sideways together, and a ruler with a mark for each difference.
#pragma once

#include <QTableView>

#include "engine/snapshot/history.h"
#include "gui/style/theme.h"

class QScrollBar;

namespace mm::gui {

class DiffDelegate;
class DiffModel;

/// Marks at the places of all differences; a click goes to the nearest.
class DiffRuler : public QWidget {
    Q_OBJECT
public:
    DiffRuler(const Theme& theme, const DiffModel& model, QWidget* parent = nullptr);

Q_SIGNALS:
    void clicked(int row);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    const Theme& m_theme;
    const DiffModel& m_model;
};

class DiffTable : public QTableView {
    Q_OBJECT
public:
    DiffTable(const Theme& theme, DiffModel& model, QWidget* parent = nullptr);

    QWidget* ruler() const;                          ///< to the right of it
    QScrollBar* across() const { return m_across; }  ///< below it
    void setNow(Position now);
    void restyle();
    void select(int row);  ///< and scroll to it where it is not in sight

Q_SIGNALS:
    void rowChosen(int row);  ///< by mouse or Enter

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    void fit();
    void copy();

    const Theme& m_theme;
    DiffModel& m_model;
    DiffDelegate* m_delegate;
    DiffRuler* m_ruler;
    QScrollBar* m_across;
};

}  // namespace mm::gui
