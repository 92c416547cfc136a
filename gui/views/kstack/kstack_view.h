// SPDX-License-Identifier: GPL-3.0-or-later
// Kernel stacks: all of them as a table, the chosen one page by page below it. Tasks are made and ended from the
// panel's title line; selecting a frame anywhere shows the stack that it is a page of.
#pragma once

#include "gui/views/kstack/stack_canvas.h"
#include "gui/views/view.h"

class QTableView;
class QToolButton;

namespace mm::gui {

class EmptyWords;
class TableAndCanvas;

class KstackView : public View {
    Q_OBJECT
public:
    explicit KstackView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    void setStatus(const WorkerStatus& status) override;
    QString contextText() const override { return m_contextText; }
    QWidget* titleWidget() override { return m_title; }
    Table table() const override;
    bool hasTable() const override { return true; }
    QString procName() const override { return QStringLiteral("kernel stacks"); }
    QString procText() const override;
    StackCanvas& canvas() { return *m_canvas; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void free();
    void rowChanged();
    void followSelection();
    void enable();
    void restyle();
    QString context() const;

    SnapshotPtr m_snapshot;
    TaskModel* m_model;
    QTableView* m_stacks;
    StackCanvas* m_canvas;
    TableAndCanvas* m_parts;
    EmptyWords* m_empty;
    QToolButton *m_new, *m_free;
    QWidget* m_title;
    QString m_contextText;
    std::uint64_t m_seenSerial = 0;
    std::optional<TaskId> m_answered;  ///< shown as soon as a snapshot has it
};

}  // namespace mm::gui
