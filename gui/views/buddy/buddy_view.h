// SPDX-License-Identifier: GPL-3.0-or-later
// Buddy lists: the free blocks of one zone, list by list in their order. Blocks that came to a list with the last step
// are marked, so that a split or a merge shows where its pieces went.
#pragma once

#include <QScrollArea>

#include "gui/views/buddy/buddy_canvas.h"
#include "gui/views/view.h"
#include "gui/widgets/canvas_or_words.h"
#include "gui/widgets/zone_picker.h"

namespace mm::gui {

class BuddyView : public View {
    Q_OBJECT
public:
    explicit BuddyView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    QWidget* titleWidget() override { return m_picker; }
    QString contextText() const override { return m_contextText; }
    Table table() const override;
    bool hasTable() const override { return true; }
    QString procName() const override { return QStringLiteral("/proc/pagetypeinfo"); }
    QString procText() const override;
    QSize sizeHint() const override { return {m_theme.px(300), m_theme.px(360)}; }
    BuddyCanvas& canvas() { return *m_canvas; }

private:
    void showLists(const SnapshotPtr& before);

    SnapshotPtr m_snapshot;
    QString m_contextText;
    ZonePicker* m_picker;
    BuddyCanvas* m_canvas;
    CanvasOrWords* m_body;
};

}  // namespace mm::gui
