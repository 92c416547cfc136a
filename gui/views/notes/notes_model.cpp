// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/notes/notes_model.h"

#include "gui/format/format.h"

namespace mm::gui {

NotesModel::NotesModel(Notes& notes, QObject* parent)
    : QAbstractTableModel(parent), m_notes(notes), m_rows(notes.all().size()) {
    connect(&notes, &Notes::changed, this, [this] {
        if (m_rows == m_notes.all().size()) {
            if (m_rows > 0) Q_EMIT dataChanged(index(0, 0), index(int(m_rows) - 1, columns - 1));
            return;
        }
        beginResetModel();
        m_rows = m_notes.all().size();
        endResetModel();
    });
}

void NotesModel::setSnapshot(const SnapshotPtr& snapshot) {
    const bool otherNames = !m_snapshot || m_snapshot->machine != snapshot->machine;
    m_snapshot = snapshot;
    if (otherNames && m_rows > 0) Q_EMIT dataChanged(index(0, stage), index(int(m_rows) - 1, stage));
}

int NotesModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows);
}

QString NotesModel::text(int row, int column) const {
    const Note& note = m_notes.all()[static_cast<std::size_t>(row)];
    switch (column) {
        case event:
            return number(note.at);
        case stage: {
            const int at = m_snapshot ? m_snapshot->history.stage_at(note.at) : -1;
            return at < 0 ? QString() : mm::gui::text(m_snapshot->history.stages()[std::size_t(at)].name);
        }
        case frames:
            return pfnText(note.frames);
        default:
            return note.words;
    }
}

QVariant NotesModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    if (role == Qt::TextAlignmentRole)
        return int((index.column() == event ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::DisplayRole && index.column() == words && text(index.row(), words).isEmpty())
        return QStringLiteral("\u2026");
    if (role == Qt::DisplayRole || role == Qt::EditRole) return text(index.row(), index.column());
    if (role == Qt::ToolTipRole) return tr("Enter or a click goes there; F2 writes words to it; Delete removes it");
    return {};
}

bool NotesModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (role != Qt::EditRole || index.column() != words) return false;
    m_notes.setWords(static_cast<std::size_t>(index.row()), value.toString().simplified());
    return true;
}

Qt::ItemFlags NotesModel::flags(const QModelIndex& index) const {
    const Qt::ItemFlags all = QAbstractTableModel::flags(index);
    return index.isValid() && index.column() == words ? all | Qt::ItemIsEditable : all;
}

QVariant NotesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return QAbstractTableModel::headerData(section, orientation, role);
    return QStringList{tr("Event"), tr("Stage"), tr("Frames"), tr("Note")}.value(section);
}

}  // namespace mm::gui
