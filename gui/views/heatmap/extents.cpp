// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/heatmap/extents.h"

#include <algorithm>

namespace mm::gui {
namespace {

constexpr std::size_t mostBreaks = 7;

PfnRange outward(PfnRange r) {
    return {align_down(r.start, pageblock_pages), align_up(r.end, pageblock_pages)};
}

}  // namespace

Extents::Extents(const Ground& ground) {
    NrPages memory = 0;
    for (const PfnRange r : ground.memory) {
        memory += r.size();
        const PfnRange whole = outward(r);
        if (!m_parts.empty() && whole.start <= m_parts.back().end)
            m_parts.back().end = std::max(m_parts.back().end, whole.end);
        else
            m_parts.push_back(whole);
    }
    // The hole below 1 MiB and the like belong to the picture; only gaps that would waste much of it are left out.
    if (!m_parts.empty() && m_parts.front().start <= memory / 64) m_parts.front().start = 0;
    NrPages smallest = std::max<NrPages>(memory / 64, Pfn{2} * pageblock_pages);
    for (;; smallest *= 2) {
        std::vector<PfnRange> folded;
        for (const PfnRange r : m_parts) {
            if (!folded.empty() && r.start - folded.back().end < smallest)
                folded.back().end = r.end;
            else
                folded.push_back(r);
        }
        m_parts = std::move(folded);
        if (m_parts.size() <= mostBreaks + 1) break;
    }
    for (const PfnRange r : m_parts)
        m_size += r.size();
}

NrPages Extents::toLinear(Pfn pfn) const {
    NrPages position = 0;
    for (const PfnRange r : m_parts) {
        if (pfn < r.start) break;
        if (pfn < r.end) return position + (pfn - r.start);
        position += r.size();
    }
    return position;
}

Pfn Extents::fromLinear(NrPages position) const {
    for (const PfnRange r : m_parts) {
        if (position < r.size()) return r.start + position;
        position -= r.size();
    }
    return m_parts.back().end - 1;
}

std::vector<PfnRange> Extents::visible(PfnRange range) const {
    if (range.empty()) return m_parts;
    std::vector<PfnRange> out;
    for (const PfnRange r : m_parts) {
        const PfnRange piece = r.intersect(outward(range));
        if (!piece.empty()) out.push_back(piece);
    }
    return out;
}

}  // namespace mm::gui
