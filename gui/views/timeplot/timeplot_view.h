// SPDX-License-Identifier: GPL-3.0-or-later
// Time: free memory by order as stacked areas over the events, the unusable-free-space index of order 9 as a line on
// the right axis, where we are as the blue line. Click or drag seeks. The stages' names are written by the slider
// below.
#pragma once

#include "gui/models/free_series.h"
#include "gui/plots/stacked_plot.h"
#include "gui/views/view.h"

namespace mm::gui {

class TimeplotView : public View {
    Q_OBJECT
public:
    explicit TimeplotView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    QString contextText() const override;
    QSize sizeHint() const override;
    Table table() const override;
    bool hasTable() const override { return true; }
    bool savePlotAsPdf(const QString& path) const override { return m_plot->savePdf(path); }
    /// From this widget's edges to the plotting area, to align the slider with.
    QMargins plotMargins() const;

Q_SIGNALS:
    void marginsChanged();

private:
    void restyle();
    void showSeries();
    void seek(double x);
    void explain(double x);

    SnapshotPtr m_snapshot;
    const std::vector<Sample>* m_shownSamples = nullptr;  ///< identity only, of the series on show
    std::size_t m_shownCount = 0;
    Position m_shownEnd = 0;
    StackedPlot* m_plot;
};

}  // namespace mm::gui
