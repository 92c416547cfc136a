// SPDX-License-Identifier: GPL-3.0-or-later
// Stacked areas over a common x, one line on the right axis (0..1), a cursor, a legend: what the time view needs of
// QCustomPlot, which nobody outside this folder sees. A click or drag asks for an x.
//
//      left |      ____-----------  area n        | 1
//           | ____/ .....line....|..              |
//           |/___________________|cursor__ area 0 | 0
#pragma once

#include <QMargins>
#include <QVector>
#include <QWidget>

#include "gui/style/theme.h"

class QCustomPlot;
class QCPGraph;
class QCPItemStraightLine;

namespace mm::gui {

struct PlotArea {
    QString name;
    QColor fill;
};

struct PlotData {
    QVector<double> x;
    QVector<QVector<double>> areas;  ///< heights of each area (not sums), as long as x
    QVector<double> line;            ///< as long as x; 0..1
};

class StackedPlot : public QWidget {
    Q_OBJECT
public:
    explicit StackedPlot(const Theme& theme, QWidget* parent = nullptr);
    ~StackedPlot() override;

    /// From the bottom upwards. lineName and lineColour: of the line on the right axis.
    void setAreas(const QVector<PlotArea>& areas, const QString& lineName, const QColor& lineColour);
    void setData(const PlotData& plotted);
    void setRange(double xEnd);
    void setCursor(double x);
    /// How the left axis is written: value 0..max in unit ("MiB"); ticks are multiples of a power of two.
    void setLeftUnit(const QString& unit);
    void setWords(const QString& words);  ///< in the middle of an empty plot; "" for none

    /// From the widget's edges to the plotting area, so that others can align to it.
    QMargins plotMargins() const;
    double xAt(double pixel) const;  ///< within this widget
    QSize minimumSizeHint() const override;
    /// Lines and letters, not pixels.
    bool savePdf(const QString& path) const;

Q_SIGNALS:
    void asked(double x);    ///< clicked or dragged to
    void pointed(double x);  ///< hovered
    void marginsChanged();

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void restyle();
    void restyleAreas();
    void placeTicks();
    void replotSoon();
    double legendWidth() const;

    const Theme& m_theme;
    QCustomPlot* m_plot;
    QVector<QCPGraph*> m_graphs;
    QCPGraph* m_line = nullptr;
    QCPItemStraightLine* m_cursor = nullptr;
    QVector<PlotArea> m_areas;
    QString m_lineName, m_unit, m_words;
    QColor m_lineColour;
    QWidget* m_legend;
    double m_top = 1;
};

}  // namespace mm::gui
