// SPDX-License-Identifier: GPL-3.0-or-later
// Reclaim: free memory against the watermarks, the LRU lists with the pages that are looked at next, what shrinkers
// have, and the counters of what happened. The panel's title line gives the machine a swap area.
#pragma once

#include "gui/views/reclaim/lists_canvas.h"
#include "gui/views/view.h"

class QToolButton;

namespace mm::gui {

class CanvasOrWords;

class ReclaimView : public View {
    Q_OBJECT
public:
    explicit ReclaimView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    QString contextText() const override { return m_contextText; }
    QWidget* titleWidget() override { return m_title; }
    Table table() const override;
    bool hasTable() const override { return true; }
    QString procName() const override { return QStringLiteral("lru"); }
    QString procText() const override;
    ListsCanvas& canvas() { return *m_canvas; }

private:
    void swapon();

    SnapshotPtr m_snapshot;
    ListsCanvas* m_canvas;
    CanvasOrWords* m_all;
    QToolButton* m_swapon;
    QWidget* m_title;
    QString m_contextText;
};

}  // namespace mm::gui
