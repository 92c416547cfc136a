// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/processes/process_model.h"

#include <algorithm>

#include "gui/format/format.h"

namespace mm::gui {

void ProcessModel::setSnapshot(const SnapshotPtr& snapshot) {
    std::vector<Pid> rows;
    for (const auto& [id, task] : *snapshot->state.processes.tasks)
        rows.push_back(id);
    m_snapshot = snapshot;
    setRows(std::move(rows));
}

Pid ProcessModel::pidAt(int row) const {
    return !hasRow(row) ? 0 : rowAt(row);
}

int ProcessModel::rowOf(Pid id) const {
    const auto at = std::lower_bound(m_rows.begin(), m_rows.end(), id);
    return at == m_rows.end() || *at != id ? -1 : static_cast<int>(at - m_rows.begin());
}

QString ProcessModel::words(const Task& task, const Mm* mm) const {
    QString out = tr("%1, process %2, child of %3").arg(text(task.comm)).arg(task.pid).arg(task.parent);
    if (!mm) return out + tr("\na thread of the kernel: it has no addresses of its own");
    return out +
           tr("\n%1 of addresses in %2 areas, %3 resident at most\n%4 minor faults, %5 major ones\ntask_struct, "
              "mm_struct, include/linux/sched.h and mm_types.h")
               .arg(pagesAsSize(mm->total_vm))
               .arg(mm->areas.size())
               .arg(pagesAsSize(std::max(mm->hiwater_rss, mm->resident())), number(task.min_flt), number(task.maj_flt));
}

QVariant ProcessModel::data(const QModelIndex& index, int role) const {
    if (!hasRow(index.row())) return {};
    const MmState& state = m_snapshot->state.processes;
    const Task& task = state.tasks->at(rowAt(index.row()));
    const Mm* mm = state.mm_of(task.pid);
    if (role == differsRole || role == Qt::ToolTipRole) {
        const auto figures = [](const Task& t, const Mm* m) {
            const QString faulted = tr("%1 faults").arg(number(t.min_flt + t.maj_flt));
            return !m ? faulted
                      : tr("RSS %1, swap %2, tables %3, ")
                                .arg(pagesAsSize(m->resident()), pagesAsSize(m->count(Rss::swap)),
                                     pagesAsSize(m->pgtables >> page_shift)) +
                            faulted;
        };
        QString was;
        if (m_mark)
            if (const auto before = m_mark->state.processes.tasks->find(task.pid);
                before != m_mark->state.processes.tasks->end())
                was = figures(before->second, m_mark->state.processes.mm_of(task.pid));
        const bool differs = m_mark && was != figures(task, mm);
        if (role == differsRole) return differs;
        return words(task, mm) + (differs ? wordsOfMark(was) : QString());
    }
    if (role == Qt::TextAlignmentRole)
        return int((index.column() == command ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (index.column()) {
        case pid:
            return task.pid;
        case command:
            return text(task.comm);
        case resident:
            return mm ? pagesAsSize(mm->resident()) : QString();
        case swapped:
            return mm && mm->count(Rss::swap) ? pagesAsSize(mm->count(Rss::swap)) : QString();
        case tables:
            return mm ? pagesAsSize(mm->pgtables >> page_shift) : QString();
        default:
            return number(task.min_flt + task.maj_flt);
    }
}

QVariant ProcessModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == command ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole)
        return QStringList{tr("Number of the process"),
                           tr("Name of its program"),
                           tr("Resident: pages in memory that its tables map"),
                           tr("Pages of it that are in a swap area"),
                           tr("Its page tables"),
                           tr("Page faults so far")}
            .value(section);
    if (role != Qt::DisplayRole) return {};
    return QStringList{tr("PID"), tr("Command"), tr("RSS"), tr("Swap"), tr("Tables"), tr("Faults")}.value(section);
}

}  // namespace mm::gui
