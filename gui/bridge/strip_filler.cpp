// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/bridge/strip_filler.h"

#include <algorithm>

namespace mm::gui {
namespace {

auto firstFrom(const std::vector<StripColumn>& columns, Position at) {
    return std::partition_point(columns.begin(), columns.end(), [at](const StripColumn& c) { return c.at < at; });
}

/// The stretch of slot number "slot": its own moment in the middle.
std::pair<Position, Position> stretch(std::uint64_t slot, Position total) {
    const Position half = total / (2 * StripFiller::slots), middle = slot * total / StripFiller::slots;
    return {middle > half ? middle - half : 0, std::min(total, middle + half)};
}

}  // namespace

void StripFiller::reset() {
    *this = {};
    m_changed = true;
}

void StripFiller::cut(Position at) {
    const auto from = firstFrom(m_columns, at + 1);
    m_changed = m_changed || from != m_columns.end();
    m_columns.erase(from, m_columns.end());
}

std::optional<Position> StripFiller::wanted(Position total) const {
    for (std::uint64_t slot = 0; slot <= slots; ++slot) {
        const auto [first, last] = stretch(slot, total);
        const auto found = firstFrom(m_columns, first);
        if (found == m_columns.end() || found->at > last) return slot * total / slots;
    }
    return {};
}

bool StripFiller::wants(Position at, Position total) const {
    if (total == 0) return m_columns.empty();
    const auto [first, last] = stretch((at * slots + total / 2) / total, total);
    const auto found = firstFrom(m_columns, first);
    return found == m_columns.end() || found->at > last;
}

void StripFiller::add(const SnapshotPtr& snapshot) {
    const auto place = firstFrom(m_columns, snapshot->at);
    StripColumn column = m_maker.column(snapshot);
    if (place != m_columns.end() && place->at == snapshot->at)
        m_columns[static_cast<std::size_t>(place - m_columns.begin())] = std::move(column);
    else
        m_columns.insert(place, std::move(column));
    m_changed = true;
    if (m_columns.size() > std::size_t{4} * slots) thin(snapshot->total);
}

/// A history that has grown needs fewer of its first pictures: one a slot.
void StripFiller::thin(Position total) {
    std::vector<StripColumn> kept;
    for (std::uint64_t slot = 0; slot <= slots; ++slot) {
        const auto [first, last] = stretch(slot, total);
        const auto found = firstFrom(m_columns, std::max(first, kept.empty() ? 0 : kept.back().at + 1));
        if (found == m_columns.end() || found->at > last) continue;
        kept.push_back(m_columns[static_cast<std::size_t>(found - m_columns.begin())]);
    }
    m_columns = std::move(kept);
}

TimeStripPtr StripFiller::strip() {
    if (std::exchange(m_changed, false))
        m_published = std::make_shared<const TimeStrip>(TimeStrip{m_maker.categories(), m_columns});
    return m_published;
}

}  // namespace mm::gui
