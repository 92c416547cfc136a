// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/state/view_state.h"

#include <algorithm>

#include "gui/models/moment_difference.h"

namespace mm::gui {

bool Selection::touches(PfnRange range) const {
    const auto meets = [range](PfnRange own) { return own.overlaps(range); };
    return meets(frames) || std::any_of(more.begin(), more.end(), meets);
}

std::vector<PfnRange> Selection::all() const {
    std::vector<PfnRange> out = more;
    if (!frames.empty()) out.insert(out.begin(), frames);
    return out;
}

void ViewState::select(const Selection& selection) {
    if (m_selection == selection) return;
    m_selection = selection;
    if (selection.list) setZone(ZoneRef{selection.list->nid, selection.list->zone});
    Q_EMIT selectionChanged(m_selection);
}

void ViewState::setZoom(PhysRange zoom) {
    if (m_zoom == zoom) return;
    m_zoom = zoom;
    Q_EMIT zoomChanged();
}

void ViewState::setHovered(std::optional<Pfn> pfn) {
    if (m_hovered == pfn) return;
    m_hovered = pfn;
    Q_EMIT hoveredChanged();
}

void ViewState::setZone(std::optional<ZoneRef> zone) {
    if (m_zone == zone) return;
    m_zone = zone;
    Q_EMIT zoneChanged();
}

void ViewState::setMark(SnapshotPtr mark, const QString& name) {
    if (m_mark == mark && m_markName == name) return;
    m_mark = std::move(mark);
    m_markName = name;
    m_changedAt = nullptr;
    m_changed.clear();
    Q_EMIT markChanged();
}

const std::vector<PfnRange>& ViewState::changedSinceMark(const SnapshotPtr& now) const {
    if (m_changedAt == now) return m_changed;
    m_changedAt = now;
    m_changed.clear();
    if (m_mark && now && m_mark != now) m_changed = changedFrames(*m_mark, *now);
    return m_changed;
}

void ViewState::setDifference(std::optional<DifferenceAt> place) {
    if (m_difference == place) return;
    m_difference = place;
    Q_EMIT differenceChanged();
}

}  // namespace mm::gui
