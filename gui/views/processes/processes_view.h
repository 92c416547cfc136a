// SPDX-License-Identifier: GPL-3.0-or-later
// Processes: a table of them, the areas of the chosen one beside or below it, and the LRU lists that reclaim takes
// pages from. Processes are started and ended from the panel's title line; selecting a frame anywhere shows who maps
// it.
#pragma once

#include "gui/views/processes/areas_canvas.h"
#include "gui/views/view.h"

class QLabel;
class QLineEdit;
class QTableView;
class QToolButton;

namespace mm::gui {

class ProcessModel;
class TableAndCanvas;

class ProcessesView : public View {
    Q_OBJECT
public:
    explicit ProcessesView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    QString contextText() const override { return m_contextText; }
    QWidget* titleWidget() override { return m_title; }
    Table table() const override;
    bool hasTable() const override { return true; }
    QString procName() const override;
    QString procText() const override;
    AreasCanvas& canvas() { return *m_canvas; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void spawn();
    void exit();
    void processChanged();
    void describe();
    void showProcess(Pid pid);
    void showUserOf(Pfn pfn);
    void restyle();
    QString summary() const;

    SnapshotPtr m_snapshot;
    ProcessModel* m_model;
    QTableView* m_processes;
    AreasCanvas* m_canvas;
    TableAndCanvas* m_parts;
    QLabel *m_empty, *m_lists;
    QWidget* m_title;
    QLineEdit* m_path;
    QToolButton *m_spawn, *m_exit;
    QString m_contextText;
};

}  // namespace mm::gui
