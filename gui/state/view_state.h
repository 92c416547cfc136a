// SPDX-License-Identifier: GPL-3.0-or-later
// What all views share: one selection, one zoom over the address axis, one hovered frame. Views read it, change it on
// clicks, and repaint on the signals; no view knows another.
#pragma once

#include <QObject>
#include <optional>
#include <vector>

#include "engine/snapshot/snapshot.h"
#include "gui/models/differences.h"
#include "gui/state/notes.h"

namespace mm::gui {

/// One free list, chosen in the matrix.
struct ListRef {
    Nid nid = 0;
    ZoneType zone{};
    unsigned order = 0;
    MigrateType type{};
    friend bool operator==(const ListRef&, const ListRef&) = default;
};

struct Selection {
    PfnRange frames{};              ///< empty: nothing selected
    std::optional<ListRef> list;    ///< where the frames are a whole list, or it was chosen
    std::optional<Position> event;  ///< where an event (log line) was chosen
    std::vector<PfnRange> more{};   ///< further frames of the same thing, where it lies scattered: an area of vmalloc

    std::optional<PhysAddr> object{};  ///< in use, in those frames: of a slab

    bool touches(PfnRange range) const;
    std::vector<PfnRange> all() const;  ///< frames and more
    friend bool operator==(const Selection&, const Selection&) = default;
};

class ViewState : public QObject {
    Q_OBJECT
public:
    explicit ViewState(QObject* parent = nullptr) : QObject(parent) {}

    const Selection& selection() const { return m_selection; }
    void select(const Selection& selection);
    void clearSelection() { select({}); }

    /// The stretch of physical memory the address views show; empty: everything.
    PhysRange zoom() const { return m_zoom; }
    void setZoom(PhysRange zoom);

    std::optional<Pfn> hovered() const { return m_hovered; }
    void setHovered(std::optional<Pfn> pfn);

    /// The zone that views of one zone show; none: nobody chose, the largest.
    std::optional<ZoneRef> zone() const { return m_zone; }
    void setZone(std::optional<ZoneRef> zone);

    Notes& notes() { return m_notes; }

    /// The moment that now is compared with (A); null: none. It may be of a history that has been cut off since.
    const SnapshotPtr& mark() const { return m_mark; }
    /// What it is, where it is no moment of the history shown: "end of “main”"; "": its event says it all.
    const QString& markName() const { return m_markName; }
    void setMark(SnapshotPtr mark, const QString& name = {});

    /// Frames that at `now` are not what they were at A: found once a moment, for all views. Empty: nothing is
    /// compared.
    const std::vector<PfnRange>& changedSinceMark(const SnapshotPtr& now) const;

    /// Where in the comparison one is.
    std::optional<DifferenceAt> difference() const { return m_difference; }
    void setDifference(std::optional<DifferenceAt> place);

Q_SIGNALS:
    void selectionChanged(const mm::gui::Selection& selection);
    void zoomChanged();
    void hoveredChanged();
    void zoneChanged();
    void differenceChanged();
    void markChanged();

private:
    Selection m_selection;
    PhysRange m_zoom{};
    std::optional<Pfn> m_hovered;
    std::optional<ZoneRef> m_zone;
    Notes m_notes;
    SnapshotPtr m_mark;
    QString m_markName;
    mutable SnapshotPtr m_changedAt;  ///< the moment m_changed was found for
    mutable std::vector<PfnRange> m_changed;
    std::optional<DifferenceAt> m_difference;
};

}  // namespace mm::gui
