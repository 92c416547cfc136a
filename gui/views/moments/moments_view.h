// SPDX-License-Identifier: GPL-3.0-or-later
// Two moments side by side in numbers: the one that was marked (A) and now. The map of page frames and the free lists
// show the same differences in their places.
#pragma once

#include "gui/views/view.h"

class QLabel;
class QTableWidget;

namespace mm::gui {

class MomentsView : public View {
    Q_OBJECT
public:
    explicit MomentsView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    QString contextText() const override;
    Table table() const override;
    bool hasTable() const override { return m_state.mark() != nullptr; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void fill();
    void fitNames();
    void restyle();

    SnapshotPtr m_snapshot;
    QTableWidget* m_list;
    QLabel* m_empty;
    int m_nameWidth = 0;
};

}  // namespace mm::gui
