// SPDX-License-Identifier: GPL-3.0-or-later
// The boot as a tree of kernel functions: done (blue dot), current (highlighted), still to come (grey ring). Double
// click or Enter runs to the end of a stage. Below, the kernel function and file of the moment.
#pragma once

#include "gui/views/view.h"

class QLabel;
class QTreeWidget;
class QTreeWidgetItem;

namespace mm::gui {

class StagesView : public View {
    Q_OBJECT
public:
    explicit StagesView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    QString contextText() const override { return m_contextText; }
    void runToSelected();
    Table table() const override { return m_table; }
    bool hasTable() const override { return true; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void rebuild(const History& history);
    void update(const Snapshot& snapshot);
    void runTo(const QTreeWidgetItem* item);
    void restyle();

    QTreeWidget* m_tree;
    QLabel* m_where;
    std::vector<QTreeWidgetItem*> m_items;  ///< by stage
    QTreeWidgetItem* m_running = nullptr;   ///< what came after the boot
    std::shared_ptr<const Machine> m_machine;
    int m_current = -2;
    QString m_contextText;
    Table m_table;
};

}  // namespace mm::gui
