// SPDX-License-Identifier: GPL-3.0-or-later
// The box in a view's title line that says which zone it shows. The choice is the window's: all views that show one
// zone show the same. Until somebody chooses, it is the largest.
#pragma once

#include <QComboBox>

#include "gui/models/zone_list.h"
#include "gui/state/view_state.h"

namespace mm::gui {

class ZonePicker : public QComboBox {
    Q_OBJECT
public:
    explicit ZonePicker(ViewState& state, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot);
    ZoneRef zone() const { return m_zone; }
    bool any() const { return !m_zones.empty(); }

Q_SIGNALS:
    void zoneChanged();  ///< not by setSnapshot()

private:
    void follow();

    ViewState& m_state;
    SnapshotPtr m_snapshot;
    std::vector<ZoneRef> m_zones;
    ZoneRef m_zone{};
};

}  // namespace mm::gui
