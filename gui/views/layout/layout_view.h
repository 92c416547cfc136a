// SPDX-License-Identifier: GPL-3.0-or-later
// "Kernel virtual layout": the whole address space as a column of areas. A click chooses an area; where its addresses
// map frames one to one (direct map, kernel image) those are selected in all views, and the frame selected elsewhere is
// marked in the direct map.
#pragma once

#include "gui/views/layout/layout_canvas.h"
#include "gui/views/view.h"

class QLabel;
class QScrollArea;

namespace mm::gui {

class LayoutView : public View {
    Q_OBJECT
public:
    explicit LayoutView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    QString contextText() const override { return m_context; }
    QSize sizeHint() const override { return {420, 300}; }
    Table table() const override;
    bool hasTable() const override { return true; }

private:
    void choose(int row);
    void mark();
    void restyle();

    SnapshotPtr m_snapshot;
    QString m_context;
    QLabel* m_empty;
    QScrollArea* m_scroll;
    LayoutCanvas* m_canvas;
};

}  // namespace mm::gui
