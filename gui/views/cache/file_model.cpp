// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/cache/file_model.h"

#include "engine/snapshot/reclaim_format.h"
#include "gui/format/format.h"

namespace mm::gui {
void FileModel::setSnapshot(const SnapshotPtr& snapshot) {
    std::vector<FileId> rows;
    for (const auto& [id, file] : *snapshot->state.processes.files)
        rows.push_back(id);
    m_snapshot = snapshot;
    setRows(std::move(rows));
}

QString FileModel::figures(const File& file) const {
    return tr("%1 of %2 pages in memory, %3 dirty, mapped by %4 areas, kept as: %5")
        .arg(number(file.nrpages), number(file.end()), number(file.dirty), number(maps_of(file)), text(kept_as(file)));
}

QString FileModel::summary(FileId id) const {
    if (!m_snapshot || !m_snapshot->state.processes.files->contains(id)) return {};
    const File& file = m_snapshot->state.processes.file(id);
    const QString nodes = file.pages.size() == 1 ? tr("1 node") : tr("%1 nodes").arg(number(file.pages.size()));
    return tr("%1 · %2 of %3 in memory, %4 of its tree")
        .arg(text(file.path), pagesAsSize(file.nrpages), pagesAsSize(file.end()), nodes);
}

QString FileModel::words(const File& file) const {
    QString out = tr("%1, inode %2\n%3").arg(text(file.path)).arg(file.inode).arg(figures(file));
    if (file.is_used())
        out += tr("\nopen or mapped: its name and inode stay");
    else if (file.dentry)
        out += file.dentry_referenced
                   ? tr("\nnobody uses it; its dentry waits on the list of the super block and gets another round")
                   : tr("\nnobody uses it; its dentry waits on the list of the super block");
    else if (file.at)
        out += tr("\nits name has been shrunk; the inode stays as long as pages do");
    else
        out += tr("\nnothing of it is in memory");
    return out + tr("\nstruct address_space, include/linux/fs.h; fs/dcache.c, fs/inode.c");
}

QVariant FileModel::data(const QModelIndex& index, int role) const {
    if (!hasRow(index.row())) return {};
    const MmState& state = m_snapshot->state.processes;
    const File& file = state.file(rowAt(index.row()));
    if (role == inMemory) return file.at.has_value();
    if (role == differsRole || role == Qt::ToolTipRole) {
        QString was;
        if (m_mark)
            if (const auto before = m_mark->state.processes.files->find(file.id);
                before != m_mark->state.processes.files->end())
                was = figures(*before->second);
        const bool differs = m_mark && was != figures(file);
        if (role == differsRole) return differs;
        return words(file) + (differs ? wordsOfMark(was) : QString());
    }
    if (role == Qt::TextAlignmentRole)
        return int((index.column() == path || index.column() == kept ? Qt::AlignLeft : Qt::AlignRight) |
                   Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (index.column()) {
        case path:
            return text(file.path);
        case cached:
            return file.nrpages ? pagesAsSize(file.nrpages) : QString();
        case size:
            return pagesAsSize(file.end());
        case dirty:
            return file.dirty ? pagesAsSize(file.dirty) : QString();
        case maps:
            return file.mms.empty() ? QString() : number(maps_of(file));
        default:
            return text(kept_as(file));
    }
}

QVariant FileModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == path || section == kept ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole)
        return QStringList{tr("The file's path"),
                           tr("Pages of it in memory: nrpages of its address_space"),
                           tr("How large it is"),
                           tr("Pages that have to be written"),
                           tr("Areas of processes that map it"),
                           tr("What keeps it: open or mapped; its name (dentry); its inode; or the disk alone")}
            .value(section);
    if (role != Qt::DisplayRole) return {};
    return QStringList{tr("File"), tr("Cached"), tr("Size"), tr("Dirty"), tr("Mapped"), tr("Held by")}.value(section);
}

}  // namespace mm::gui
