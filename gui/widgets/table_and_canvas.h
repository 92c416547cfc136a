// SPDX-License-Identifier: GPL-3.0-or-later
// A table, and below or beside it what its chosen row is made of: a line of words over a canvas that scrolls.
//
//      [ table ]                      [ table ][ words  ]
//      [ words ]         wide:        [       ][ canvas ]
//      [ canvas]
#pragma once

#include <QSplitter>

class QLabel;
class QScrollArea;
class QTableView;

namespace mm::gui {

class Theme;

/// A canvas scrolls up and down in it; the canvas is as wide as there is room.
void makeScroll(QScrollArea& scroll, QWidget* canvas);
/// The ground of what scrolls is the panel's.
void styleScroll(QScrollArea& scroll, const Theme& theme);
/// Rows in the font of figures, no taller than they need.
void styleRows(QTableView& table, const Theme& theme);

class TableAndCanvas : public QSplitter {
    Q_OBJECT
public:
    /// Takes table and canvas over.
    TableAndCanvas(const Theme& theme, QTableView* table, QWidget* canvas, QWidget* parent);

    QLabel& words() { return *m_words; }
    /// The row is chosen and in sight; -1: nothing happens.
    void chooseRow(int row);
    /// That row of the canvas comes in sight.
    void reveal(const QRectF& row);
    /// Beside each other where the panel is wide; what the user made of the sizes stays until that turns. share: what
    /// the canvas gets beside a table of 1000.
    void arrange(const QWidget& panel, int share = 1000);
    void restyle();

private:
    const Theme& m_theme;
    QTableView* m_table;
    QLabel* m_words;
    QScrollArea* m_scroll;
    bool m_arranged = false;
};

}  // namespace mm::gui
