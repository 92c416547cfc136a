// SPDX-License-Identifier: GPL-3.0-or-later
// "Page frames": the map of all page frames with its legend and the choice of colouring and arrangement at the right.
// Reads pages, zones and memblock of a snapshot through models/page_pyramid.
#pragma once

#include "gui/views/heatmap/heatmap_canvas.h"
#include "gui/views/view.h"

class QComboBox;
class QLabel;
class QScrollArea;

namespace mm::gui {

class HeatmapLegend;

class HeatmapView : public View {
    Q_OBJECT
public:
    explicit HeatmapView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    QString contextText() const override;
    HeatmapCanvas& canvas() { return *m_canvas; }
    void setColouring(ColourMode mode, unsigned parameter = 0);
    QSize sizeHint() const override { return {800, 420}; }
    /// A row a pageblock with memory: how many of its frames are what.
    Table table() const override;
    bool hasTable() const override { return true; }
    void fillMenu(QMenu& menu, QPoint place) override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void makeControls(QWidget* side);
    void arrange();
    int sideWidth() const;  ///< what fits beside the map
    void refresh();         ///< legend and context after the canvas changed

    HeatmapCanvas* m_canvas = nullptr;
    HeatmapLegend* m_legend = nullptr;
    QWidget *m_side = nullptr, *m_controls = nullptr;
    QScrollArea* m_scroll = nullptr;
    QComboBox *m_mode = nullptr, *m_flag = nullptr, *m_layoutBox = nullptr, *m_brightness = nullptr;
    QLabel* m_flagLabel = nullptr;
    QString m_context;
};

}  // namespace mm::gui
