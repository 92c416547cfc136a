// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/slab/cache_model.h"

#include <algorithm>

#include "gui/format/format.h"

namespace mm::gui {
namespace {

struct Counts {
    std::uint64_t slabs = 0, objects = 0;
};
Counts countsOf(const KmemCache& s) {
    Counts counts;
    for (const NodeSlabs& node : s.nodes)
        counts.slabs += node.nr_slabs, counts.objects += node.total_objects;
    return counts;
}

bool isOfSlab(const KmemCache& s) {
    return s.layout.slab.freelist != FreelistPlace::none;
}

}  // namespace

void CacheModel::setSnapshot(const SnapshotPtr& snapshot) {
    std::vector<CacheId> rows(snapshot->state.slab.list.rbegin(), snapshot->state.slab.list.rend());
    if (!snapshot->state.slab.up) rows.clear();
    m_snapshot = snapshot;
    setRows(std::move(rows));
}

CacheId CacheModel::cacheAt(int row) const {
    return !hasRow(row) ? no_cache : rowAt(row);
}

QString CacheModel::words(const KmemCache& s) const {
    QString out = tr("%1: objects of %2 bytes every %3 bytes, %4 in a slab of order %5")
                      .arg(text(s.name), number(s.layout.object_size), number(s.layout.size))
                      .arg(s.layout.oo.objects)
                      .arg(s.layout.oo.order);
    if (isOfSlab(s))
        out += wordsOfArrays(s);
    else if (!s.debug)
        out += tr("\na CPU keeps up to %1 partial slabs, a node %2").arg(s.cpu_partial_slabs).arg(s.min_partial);
    for (const std::string& alias : s.aliases)
        out += tr("\nmerged with it: %1").arg(text(alias));
    return out + (isOfSlab(s) ? tr("\nkmem_cache, mm/slab.c") : tr("\nkmem_cache, mm/slub.c"));
}

QString CacheModel::wordsOfArrays(const KmemCache& s) const {
    QString out = tr("\na CPU's array holds %1 objects, filled and emptied %2 at a time")
                      .arg(s.arrays.limit)
                      .arg(s.arrays.batchcount);
    if (s.arrays.shared != 0)
        out += tr("; the CPUs of a node share one of %1").arg(s.arrays.shared * s.arrays.batchcount);
    if (s.layout.slab.colour > 1)
        out += tr("\n%1 colours, %2 bytes apart").arg(s.layout.slab.colour).arg(s.layout.slab.colour_off);
    switch (s.layout.slab.freelist) {
        case FreelistPlace::in_object:
            return out + tr("\nthe list of free objects lies in the last of them");
        case FreelistPlace::off_slab:
            return out + tr("\nthe list of free objects is an object of kmalloc()");
        case FreelistPlace::on_slab:
            return out + tr("\nthe list of free objects lies at the slab's end");
        case FreelistPlace::none:
            break;
    }
    return out;
}

QString CacheModel::figures(const KmemCache& s) const {
    const Counts counts = countsOf(s);
    const QString out = tr("%1 of %2 objects in use, %3 of order %4")
                            .arg(number(s.live), number(counts.objects),
                                 counts.slabs == 1 ? tr("1 slab") : tr("%1 slabs").arg(number(counts.slabs)))
                            .arg(s.layout.oo.order);
    return isOfSlab(s) ? out + tr(", %1 waiting in arrays").arg(number(s.waiting())) : out;
}

QString CacheModel::summary(CacheId id) const {
    if (!m_snapshot || rowOf(id) < 0) return {};
    const KmemCache& s = m_snapshot->state.slab.cache(id);
    return text(s.name) + QStringLiteral(": ") + figures(s);
}

const KmemCache* CacheModel::atMark(CacheId id) const {
    const auto& list = m_mark->state.slab.list;
    const bool there = m_mark->state.slab.up && std::find(list.begin(), list.end(), id) != list.end();
    return there ? &m_mark->state.slab.cache(id) : nullptr;
}

QVariant CacheModel::data(const QModelIndex& index, int role) const {
    if (!hasRow(index.row())) return {};
    const KmemCache& s = m_snapshot->state.slab.cache(rowAt(index.row()));
    if (role == differsRole || role == Qt::ToolTipRole) {
        const KmemCache* was = m_mark ? atMark(rowAt(index.row())) : nullptr;
        const bool differs = m_mark && (!was || figures(*was) != figures(s));
        if (role == differsRole) return differs;
        return words(s) + (differs ? wordsOfMark(was ? figures(*was) : QString()) : QString());
    }
    if (role == Qt::TextAlignmentRole)
        return int((index.column() == cache ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != hasSlabs) return {};
    const auto [slabCount, total] = countsOf(s);
    if (role == hasSlabs) return slabCount != 0;
    switch (index.column()) {
        case cache:
            return text(s.name);
        case used:
            return number(s.live);
        case objects:
            return number(total);
        case size:
            return number(s.layout.size);
        case perSlab:
            return number(s.layout.oo.objects);
        case slabs:
            return number(slabCount);
        default:
            return number(s.pages());
    }
}

QVariant CacheModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == cache ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole)
        return QStringList{tr("Name of the cache"),
                           tr("Objects that somebody has"),
                           tr("Objects that its slabs have room for"),
                           tr("Bytes from one object to the next"),
                           tr("Objects in a slab as wanted"),
                           tr("Slabs"),
                           tr("Pages of all its slabs")}
            .value(section);
    if (role != Qt::DisplayRole) return {};
    return QStringList{tr("Cache"), tr("Used"), tr("Objects"), tr("Size"), tr("Per slab"), tr("Slabs"), tr("Pages")}
        .value(section);
}

}  // namespace mm::gui
