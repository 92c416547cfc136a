// SPDX-License-Identifier: GPL-3.0-or-later
// Which moments of the history have their small picture (see TimeStrip) and which still want one: about evenly spread,
// filled from the beginning to the end, kept while the history grows, forgotten where it is cut off.
#pragma once

#include <optional>

#include "gui/models/time_strip.h"

namespace mm::gui {

class StripFiller {
public:
    static constexpr unsigned slots = 160;

    /// Of another history: nothing is known of it.
    void reset();
    /// Everything after that moment has not happened.
    void cut(Position at);
    /// The first moment that wants a picture, of a history that long; none: all have theirs.
    std::optional<Position> wanted(Position total) const;
    /// Is there a slot that this moment would fill?
    bool wants(Position at, Position total) const;
    void add(const SnapshotPtr& snapshot);
    bool changed() const { return m_changed; }  ///< strip() will be another one
    /// What there is; a new object only after something has changed.
    TimeStripPtr strip();

private:
    void thin(Position total);

    StripMaker m_maker;
    std::vector<StripColumn> m_columns;
    TimeStripPtr m_published;
    bool m_changed = false;
};

}  // namespace mm::gui
