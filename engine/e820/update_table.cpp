// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/e820/update_table.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "engine/e820/e820_table.h"

namespace mm {
namespace {

struct ChangePoint {
    PhysAddr addr;
    bool is_end;
    E820Type type;
    friend bool operator<(const ChangePoint& a, const ChangePoint& b) {
        return std::tie(a.addr, a.is_end) < std::tie(b.addr, b.is_end);
    }
};

std::vector<ChangePoint> change_points(const std::vector<E820Entry>& entries) {
    std::vector<ChangePoint> points;
    for (const auto& e : entries) {
        if (e.size == 0) continue;
        points.push_back({e.start, false, e.type});
        points.push_back({e.start + e.size, true, e.type});
    }
    std::stable_sort(points.begin(), points.end());
    return points;
}

/// The types present at the sweep's place, with how often.
class TypesHere {
public:
    void change(const ChangePoint& p) {
        if (!p.is_end)
            ++m_count[p.type];
        else if (--m_count[p.type] == 0)
            m_count.erase(p.type);
    }
    E820Type highest() const { return m_count.empty() ? E820Type::none : m_count.rbegin()->first; }

private:
    std::map<E820Type, unsigned> m_count;
};

}  // namespace

std::vector<E820Entry> resolve_overlaps(const std::vector<E820Entry>& entries, std::size_t max_entries) {
    std::vector<E820Entry> result;
    TypesHere here;
    E820Entry open{0, 0, E820Type::none};  // the entry being built; its size is known at its end
    for (const auto& point : change_points(entries)) {
        here.change(point);
        const E820Type type = here.highest();
        if (type == open.type && !e820_nomerge(type)) continue;
        if (open.type != E820Type::none && point.addr != open.start) {
            result.push_back({open.start, point.addr - open.start, open.type});
            if (result.size() >= max_entries) break;
        }
        open = {point.addr, 0, type};
    }
    return result;
}

bool E820Table::update_table(const Tracer& trace) {
    if (m_entries.size() < 2) return false;
    for (const auto& e : m_entries)
        if (e.start + e.size < e.start) return false;
    const auto before = m_entries.size();
    m_entries = resolve_overlaps(m_entries, max_entries);
    trace.event({.kind = EventKind::e820_update_table, .a = before, .b = m_entries.size()},
                std::to_string(before) + " => " + std::to_string(m_entries.size()) + " entries");
    return true;
}

}  // namespace mm
