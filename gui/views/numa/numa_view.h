// SPDX-License-Identifier: GPL-3.0-or-later
// NUMA: nodes, their distances and the order in which each looks through the zones.
#pragma once

#include "gui/views/numa/numa_canvas.h"
#include "gui/views/view.h"
#include "gui/widgets/canvas_or_words.h"

namespace mm::gui {

class NumaView : public View {
    Q_OBJECT
public:
    explicit NumaView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    QString contextText() const override { return m_contextText; }
    Table table() const override;
    bool hasTable() const override { return true; }
    QString procName() const override { return QStringLiteral("/sys/devices/system/node/node*/distance"); }
    QString procText() const override;
    NumaCanvas& canvas() { return *m_canvas; }

private:
    SnapshotPtr m_snapshot;
    QString m_contextText;
    NumaCanvas* m_canvas;
    CanvasOrWords* m_body;
};

}  // namespace mm::gui
