// SPDX-License-Identifier: GPL-3.0-or-later
// QCustomPlot's header is written with Qt's short keywords, which the rest of the window does without.
#undef QT_NO_KEYWORDS
#undef QT_NO_FOREACH
#include "gui/plots/plot_yardstick.h"

#include <qcustomplot.h>

#include <random>

namespace mm::gui {

EmptyPlotWindow::EmptyPlotWindow() {
    setCentralWidget(new QCustomPlot(this));
}

ColourMapYardstick::ColourMapYardstick(int side) : m_plot(new QCustomPlot(this)) {
    setCentralWidget(m_plot);
    m_map = new QCPColorMap(m_plot->xAxis, m_plot->yAxis);
    m_map->data()->setSize(side, side);
    m_map->data()->setRange({0, static_cast<double>(side)}, {0, static_cast<double>(side)});
    m_map->setGradient(QCPColorGradient::gpThermal);
    m_map->setInterpolate(false);
    for (int x = 0; x < side; ++x) {
        for (int y = 0; y < side; ++y)
            m_map->data()->setCell(x, y, x % 7 + y % 5);
    }
    m_map->rescaleDataRange();
    m_plot->rescaleAxes();
}

void ColourMapYardstick::changeAndReplot(unsigned cells, unsigned seed) {
    std::mt19937 random(seed);
    const auto side = static_cast<unsigned>(m_map->data()->keySize());
    for (unsigned i = 0; i < cells; ++i)
        m_map->data()->setCell(static_cast<int>(random() % side), static_cast<int>(random() % side),
                               static_cast<double>(random() % 11));
    m_plot->replot(QCustomPlot::rpImmediateRefresh);
}

}  // namespace mm::gui
