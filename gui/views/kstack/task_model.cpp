// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/kstack/task_model.h"

#include <algorithm>

#include "gui/format/format.h"

namespace mm::gui {
namespace {

std::vector<StackRow> rowsOf(const StackState& stacks) {
    std::vector<StackRow> rows;
    if (!stacks.up) return rows;
    for (const auto& [id, task] : *stacks.tasks)
        rows.push_back({std::nullopt, id, task});
    for (unsigned cpu = 0; cpu < stacks.cached.size(); ++cpu)
        for (const VirtAddr kept : stacks.cached[cpu])
            if (kept != 0) rows.push_back({cpu, 0, {.at = 0, .stack = kept, .pfn = no_pfn}});
    return rows;
}

}  // namespace

void TaskModel::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    setRows(rowsOf(snapshot->state.kstack));
}

int TaskModel::rowOfTask(TaskId task) const {
    const auto at = std::find_if(m_rows.begin(), m_rows.end(),
                                 [task](const StackRow& row) { return !row.kept && row.task == task; });
    return at == m_rows.end() ? -1 : static_cast<int>(at - m_rows.begin());
}

std::vector<Pfn> TaskModel::framesOf(const StackRow& row) const {
    std::vector<Pfn> found;
    const auto& busy = *m_snapshot->state.vmalloc.busy;
    if (const auto area = row.stack.stack ? busy.find(row.stack.stack) : busy.end(); area != busy.end())
        found.assign(area->second.pages.begin(), area->second.pages.end());
    if (row.stack.pfn != no_pfn)
        for (Pfn page = 0; page < Pfn{1} << m_snapshot->state.kstack.config.order; ++page)
            found.push_back(row.stack.pfn + page);
    return found;
}

int TaskModel::rowOfFrame(Pfn pfn) const {
    for (int row = 0; row < rowCount(); ++row) {
        const std::vector<Pfn> all = framesOf(rowAt(row));
        if (std::find(all.begin(), all.end(), pfn) != all.end()) return row;
    }
    return -1;
}

/// Of processes the name; of tasks that are none: "".
QString TaskModel::ownerOf(const StackRow& row) const {
    if (row.kept) return tr("kept by CPU %1").arg(*row.kept);
    for (const auto& [pid, task] : *m_snapshot->state.processes.tasks)
        if (task.object.id == row.task) return tr("PID %1 %2").arg(pid).arg(text(task.comm));
    return {};
}

QString TaskModel::summary(const StackRow& row) const {
    const QString who = ownerOf(row);
    const QString size = sizeText(m_snapshot->state.kstack.config.size());
    const QString where = row.stack.stack ? tr("%1 at %2 in vmalloc's window").arg(size, hex(row.stack.stack))
                                          : tr("%1 in the direct map").arg(size);
    if (row.kept) return tr("%1: %2").arg(who, where);
    return who.isEmpty() ? tr("task %1: %2").arg(row.task).arg(where)
                         : tr("task %1, %2: %3").arg(row.task).arg(who, where);
}

QString TaskModel::cell(const StackRow& row, int column) const {
    switch (column) {
        case taskNumber:
            return row.kept ? QString() : QString::number(row.task);
        case owner:
            return ownerOf(row);
        case object:
            return row.kept ? QString() : hex(row.stack.at);
        case lowEnd:
            return row.stack.stack ? hex(row.stack.stack) : tr("pfn %1").arg(hex(row.stack.pfn));
        default: {
            QStringList words;
            for (const Pfn pfn : framesOf(row))
                words.push_back(hex(pfn));
            return words.join(' ');
        }
    }
}

bool TaskModel::atMark(const StackRow& row) const {
    const StackState& was = m_mark->state.kstack;
    if (!was.up) return false;
    if (row.kept)
        return *row.kept < was.cached.size() &&
               std::count(was.cached[*row.kept].begin(), was.cached[*row.kept].end(), row.stack.stack) != 0;
    const auto task = was.tasks->find(row.task);
    return task != was.tasks->end() && task->second == row.stack;
}

QVariant TaskModel::data(const QModelIndex& index, int role) const {
    if (!hasRow(index.row())) return {};
    const StackRow& row = rowAt(index.row());
    if (role == differsRole) return m_mark && !atMark(row);
    if (role == Qt::ToolTipRole)
        return summary(row) + tr("\nkernel/fork.c") + (m_mark && !atMark(row) ? wordsOfMark({}) : QString());
    if (role == waits) return row.kept.has_value();
    if (role == Qt::TextAlignmentRole)
        return int((index.column() == taskNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    return role == Qt::DisplayRole ? QVariant(cell(row, index.column())) : QVariant();
}

QVariant TaskModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == taskNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole)
        return QStringList{tr("Number of the task"), tr("Which process it is; stacks that a CPU keeps are no task's"),
                           tr("Physical address of the task_struct, an object of the cache of that name"),
                           tr("Lower end of the stack"), tr("Its page frames from the lower end on")}
            .value(section);
    if (role != Qt::DisplayRole) return {};
    return QStringList{tr("Task"), tr("Owner"), tr("task_struct at"), tr("Stack"), tr("pfns")}.value(section);
}

}  // namespace mm::gui
