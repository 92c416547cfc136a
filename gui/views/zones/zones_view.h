// SPDX-License-Identifier: GPL-3.0-or-later
// Zones and free lists: a gauge per zone, below it the matrix order x migratetype of one zone (chosen in the title line
// or by a click on a gauge), below that the blocks of a chosen list. Scrolls when small.
#pragma once

#include <QLabel>
#include <QListView>
#include <QScrollArea>

#include "gui/views/view.h"
#include "gui/views/zones/block_list.h"
#include "gui/views/zones/matrix_widget.h"
#include "gui/views/zones/zone_gauges.h"
#include "gui/widgets/zone_picker.h"

namespace mm::gui {

class ZonesView : public View {
    Q_OBJECT
public:
    explicit ZonesView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    QWidget* titleWidget() override;
    QSize sizeHint() const override;

    Table table() const override;
    bool hasTable() const override { return true; }
    QString procName() const override { return QStringLiteral("/proc/buddyinfo"); }
    QString procText() const override;

    ZoneRef currentZone() const { return m_picker->zone(); }
    void chooseZone(ZoneRef zone);
    void chooseList(const ListRef& list);

private:
    void showMatrix(const SnapshotPtr& before);
    void showBlocks();
    void restyle();
    void blockClicked(const QModelIndex& index);

    SnapshotPtr m_snapshot;
    ZonePicker* m_picker;
    QScrollArea* m_scroll;
    QLabel* m_empty;
    QLabel* m_noLists;
    ZoneGauges* m_gauges;
    MatrixWidget* m_matrix;
    QLabel* m_blocksTitle;
    QListView* m_blocks;
    BlockListModel* m_blockModel;
};

}  // namespace mm::gui
