// SPDX-License-Identifier: GPL-3.0-or-later
// What QCustomPlot needs for the like of our map and window: yardsticks of the benchmark of the window.
#pragma once

#include <QMainWindow>

class QCustomPlot;
class QCPColorMap;

namespace mm::gui {

/// An empty QMainWindow with one QCustomPlot.
class EmptyPlotWindow : public QMainWindow {
public:
    EmptyPlotWindow();
};

/// A QCPColorMap of side x side cells.
class ColourMapYardstick : public QMainWindow {
public:
    explicit ColourMapYardstick(int side);
    /// Gives so many scattered cells new values and draws the map at once.
    void changeAndReplot(unsigned cells, unsigned seed);

private:
    QCustomPlot* m_plot;
    QCPColorMap* m_map;
};

}  // namespace mm::gui
