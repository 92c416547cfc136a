// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/percpu/chunk_model.h"

#include <algorithm>

#include "gui/format/format.h"

namespace mm::gui {
namespace {

Bytes usedBytes(const PercpuChunk& chunk) {
    const Bytes own = phys_of(NrPages{chunk.pages()}) - chunk.start_offset - chunk.end_offset;
    return own - chunk.free_bytes();
}

Bytes largestFree(const PercpuChunk& chunk) {
    return static_cast<Bytes>(chunk.map.hints().contig) * ChunkMap::unit;
}

}  // namespace

void ChunkModel::setSnapshot(const SnapshotPtr& snapshot) {
    const PercpuState& percpu = snapshot->state.percpu;
    std::vector<ChunkId> rows;
    if (percpu.up) {
        rows.push_back(percpu.first);
        if (percpu.reserved != no_chunk) rows.push_back(percpu.reserved);
        for (ChunkId id = 0; id < percpu.chunks.size(); ++id)
            if (percpu.chunk(id).base != 0 && id != percpu.first && id != percpu.reserved) rows.push_back(id);
    }
    m_snapshot = snapshot;
    setRows(std::move(rows));
}

QString ChunkModel::name(ChunkId id) const {
    const PercpuState& percpu = m_snapshot->state.percpu;
    if (id == percpu.first) return tr("first chunk");
    return id == percpu.reserved ? tr("reserved chunk, for modules,") : tr("chunk");
}

QString ChunkModel::listOf(ChunkId id) const {
    const PercpuState& percpu = m_snapshot->state.percpu;
    if (id == percpu.reserved) return tr("none");
    for (std::size_t slot = 0; slot < percpu.slots.size(); ++slot) {
        if (std::find(percpu.slots[slot].begin(), percpu.slots[slot].end(), id) == percpu.slots[slot].end()) continue;
        if (slot == percpu.free_slot()) return tr("free");
        if (slot == percpu.sidelined_slot()) return tr("sidelined");
        if (slot == percpu.to_depopulate_slot()) return tr("to depopulate");
        return tr("slot %1").arg(slot);
    }
    return {};
}

QString ChunkModel::figures(const PercpuChunk& chunk) {
    return tr("%1, %2 free, %3 at most in one piece, %4 of %5 pages of a unit populated")
        .arg(chunk.nr_alloc == 1 ? tr("1 allocation") : tr("%1 allocations").arg(number(chunk.nr_alloc)),
             sizeText(chunk.free_bytes()), sizeText(largestFree(chunk)))
        .arg(chunk.nr_populated)
        .arg(chunk.pages());
}

QString ChunkModel::summary(ChunkId id) const {
    if (!m_snapshot || rowOf(id) < 0) return {};
    const PercpuChunk& chunk = m_snapshot->state.percpu.chunk(id);
    return tr("%1 at %2: %3").arg(name(id), hex(chunk.base), figures(chunk));
}

const PercpuChunk* ChunkModel::atMark(ChunkId id) const {
    const PercpuState& percpu = m_mark->state.percpu;
    const bool there = percpu.up && id < percpu.chunks.size() && percpu.chunk(id).base != 0;
    return there ? &percpu.chunk(id) : nullptr;
}

QString ChunkModel::cell(ChunkId id, int column) const {
    const PercpuChunk& chunk = m_snapshot->state.percpu.chunk(id);
    switch (column) {
        case base:
            return hex(chunk.base);
        case allocations:
            return number(chunk.nr_alloc);
        case used:
            return number(usedBytes(chunk));
        case free:
            return number(chunk.free_bytes());
        case largest:
            return number(largestFree(chunk));
        case pages:
            return tr("%1 / %2").arg(chunk.nr_populated).arg(chunk.pages());
        default:
            return listOf(id);
    }
}

QVariant ChunkModel::data(const QModelIndex& index, int role) const {
    if (!hasRow(index.row())) return {};
    const ChunkId id = rowAt(index.row());
    const PercpuChunk& chunk = m_snapshot->state.percpu.chunk(id);
    if (role == differsRole || role == Qt::ToolTipRole) {
        const PercpuChunk* was = m_mark ? atMark(id) : nullptr;
        const bool differs = m_mark && (!was || figures(*was) != figures(chunk));
        if (role == differsRole) return differs;
        return summary(id) + tr("\npcpu_chunk, mm/percpu.c") +
               (differs ? wordsOfMark(was ? figures(*was) : QString()) : QString());
    }
    const bool words = index.column() == base || index.column() == list;
    if (role == Qt::TextAlignmentRole) return int((words ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    return role == Qt::DisplayRole ? QVariant(cell(id, index.column())) : QVariant();
}

QVariant ChunkModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == base || section == list ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole)
        return QStringList{tr("Where CPU 0's unit of the chunk begins"),
                           tr("Allocations that somebody has"),
                           tr("Bytes of a unit that are taken: each counts once for every CPU"),
                           tr("Bytes of a unit that are free"),
                           tr("The largest free region as the chunk's hint knows it"),
                           tr("Pages of a unit that have memory, and all"),
                           tr("Which of pcpu_chunk_lists it is on: by the largest free region")}
            .value(section);
    if (role != Qt::DisplayRole) return {};
    return QStringList{tr("Chunk"), tr("Allocations"), tr("Used"), tr("Free"), tr("Largest"), tr("Pages"), tr("List")}
        .value(section);
}

}  // namespace mm::gui
