// SPDX-License-Identifier: GPL-3.0-or-later
// Kernel stacks as a table: those of tasks by their number, then those that CPUs keep for their next tasks.
#pragma once

#include "gui/models/rows_model.h"

namespace mm::gui {

/// A task's stack, or one that a CPU keeps.
struct StackRow {
    std::optional<unsigned> kept;  ///< by which CPU
    TaskId task = 0;               ///< of those that are not kept
    KernelTask stack;              ///< of one that is kept: without a task_struct
    friend bool operator==(const StackRow&, const StackRow&) = default;
};

class TaskModel : public RowsModel<StackRow> {
    Q_OBJECT
public:
    enum Column { taskNumber, owner, object, lowEnd, frames, columns };
    /// Whether no task has it.
    static constexpr int waits = Qt::UserRole;
    using RowsModel::RowsModel;

    void setSnapshot(const SnapshotPtr& snapshot);
    const StackRow* stackAt(int row) const { return hasRow(row) ? &rowAt(row) : nullptr; }
    int rowOfTask(TaskId task) const;  ///< -1: it is not there
    /// The row that frame is a page of; -1: of none.
    int rowOfFrame(Pfn pfn) const;
    /// Its pages from its lower end on.
    std::vector<Pfn> framesOf(const StackRow& row) const;
    /// In a line: "task 7, PID 12 "make": 16 KiB at 0xffffc90000080000".
    QString summary(const StackRow& row) const;

    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : columns; }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString cell(const StackRow& row, int column) const;
    QString ownerOf(const StackRow& row) const;
    bool atMark(const StackRow& row) const;

    SnapshotPtr m_snapshot;
};

}  // namespace mm::gui
