// SPDX-License-Identifier: GPL-3.0-or-later
// Who stands on whom: from kmalloc(), vmalloc() and the others down to the page frame, with figures of the moment. The
// way of the selected frame or object is lit; a click on a box opens the view that shows more of it.
#pragma once

#include "gui/views/hierarchy/hierarchy_canvas.h"
#include "gui/views/view.h"

namespace mm::gui {

class CanvasOrWords;

class HierarchyView : public View {
    Q_OBJECT
public:
    explicit HierarchyView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    QString contextText() const override { return m_contextText; }
    Table table() const override;
    bool hasTable() const override { return true; }
    HierarchyCanvas& canvas() { return *m_canvas; }

private:
    void refresh();
    void open(const QString& box);

    SnapshotPtr m_snapshot;
    HierarchyCanvas* m_canvas;
    CanvasOrWords* m_all;
    QString m_contextText;
};

}  // namespace mm::gui
