// SPDX-License-Identifier: GPL-3.0-or-later
// Keyframes along a time axis: moments that can be restored at once, and from which events are done again.
//
//      events      0 1 2 3 4 5 6 7 8 9 ...
//      keyframes   ^         ^       ^
//      from 2 to 6           |─►             restored: nearer than going on
//      from 5 to 6             ─►            not restored: one stands behind it already
//
// Ordered by position; at one position the last one added counts. Not for: what a frame holds (the axis' business).
#pragma once

#include <algorithm>
#include <vector>

#include "engine/snapshot/history.h"

namespace mm {

template<class Frame>
class KeyframeIndex {
public:
    struct Entry {
        Position at = 0;
        Frame frame;
    };

    bool empty() const { return m_entries.empty(); }
    std::size_t size() const { return m_entries.size(); }
    /// REQUIRES: not empty.
    const Entry& last() const { return m_entries.back(); }
    const std::vector<Entry>& entries() const { return m_entries; }

    /// REQUIRES: not before the last one.
    void add(Position at, Frame frame) { m_entries.push_back({at, std::move(frame)}); }
    /// Every second one behind the position is forgotten; the last one stays.
    void thin_after(Position position) {
        std::size_t kept = static_cast<std::size_t>(after(position) - begin());
        for (std::size_t i = kept; i < m_entries.size(); ++i)
            if ((m_entries.size() - 1 - i) % 2 == 0) {
                if (kept != i) m_entries[kept] = std::move(m_entries[i]);
                ++kept;
            }
        m_entries.erase(m_entries.begin() + static_cast<std::ptrdiff_t>(kept), m_entries.end());
    }
    /// The last one at or before the position. REQUIRES: the first stands at 0.
    const Entry& before(Position position) const { return *std::prev(after(position)); }
    /// What to restore on the way from one moment to another; null: going on from where one stands is shorter.
    const Entry* on_the_way(Position from, Position to) const {
        const Entry& entry = before(to);
        return from > to || entry.at > from ? &entry : nullptr;
    }
    /// Forgets those behind the position: the future there has been cut off.
    void cut_after(Position position) { m_entries.erase(m_entries.begin() + (after(position) - begin()), end()); }

private:
    using Iterator = typename std::vector<Entry>::const_iterator;
    Iterator begin() const { return m_entries.begin(); }
    Iterator end() const { return m_entries.end(); }
    Iterator after(Position position) const {
        return std::upper_bound(begin(), end(), position, [](Position p, const Entry& e) { return p < e.at; });
    }

    std::vector<Entry> m_entries;
};

}  // namespace mm
