// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/zone_picker.h"

#include <algorithm>

namespace mm::gui {

ZonePicker::ZonePicker(ViewState& state, QWidget* parent) : QComboBox(parent), m_state(state) {
    setAccessibleName(tr("Zone"));
    setToolTip(tr("The zone shown, here and in every view that shows one"));
    hide();
    connect(this, &QComboBox::activated, this,
            [this](int index) { m_state.setZone(m_zones.at(static_cast<std::size_t>(index))); });
    connect(&m_state, &ViewState::zoneChanged, this, [this] {
        const ZoneRef before = m_zone;
        follow();
        if (m_zone != before) Q_EMIT zoneChanged();
    });
}

void ZonePicker::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    const std::vector<ZoneRef> zones = populatedZones(snapshot);
    if (zones != m_zones) {
        m_zones = zones;
        clear();
        for (const ZoneRef ref : m_zones) {
            const QString name = zoneName(snapshot, ref);
            addItem(name.startsWith("node") ? name : tr("zone %1").arg(name));
        }
        setVisible(!m_zones.empty());
    }
    follow();
}

/// What the window chose, if this machine has it.
void ZonePicker::follow() {
    const auto has = [this](ZoneRef ref) { return std::find(m_zones.begin(), m_zones.end(), ref); };
    const std::optional<ZoneRef> chosen = m_state.zone();
    m_zone = chosen && has(*chosen) != m_zones.end() ? *chosen : largestZone(m_snapshot);
    if (const auto at = has(m_zone); at != m_zones.end()) setCurrentIndex(static_cast<int>(at - m_zones.begin()));
}

}  // namespace mm::gui
