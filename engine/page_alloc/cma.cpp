// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/cma.h"

#include <fmt/format.h>

#include <algorithm>

namespace mm {
namespace {

/// The allocation that has the frame, or end().
std::map<Pfn, NrPages>::const_iterator holder(const CmaState& state, Pfn pfn) {
    auto it = state.taken.upper_bound(pfn);
    if (it == state.taken.begin()) return state.taken.end();
    --it;
    return pfn < it->first + it->second ? it : state.taken.end();
}

}  // namespace

/// bitmap_find_next_zero_area().
std::optional<Pfn> Cma::free_place(PfnRange area, Pfn from, NrPages count, NrPages align) const {
    Pfn at = align_up(from, align);
    for (const auto& [first, pages] : m_state.taken) {
        if (first + pages <= at) continue;
        if (first >= at + count) break;
        at = align_up(first + pages, align);
    }
    return at + count <= area.end ? std::optional(at) : std::nullopt;
}

Outcome<std::optional<Pfn>> Cma::alloc(NrPages count, Order align) {
    if (m_areas.empty())
        return Error{"there is no CMA area here; a kernel built with CMA makes one for cma=64M on its command line"};
    const PfnRange area{pfn_up(m_areas[0].start), pfn_down(m_areas[0].end)};
    if (count == 0 || count > area.size())
        return Error{fmt::format("{} pages were asked for; the area has {}", count, area.size())};
    const NrPages step = NrPages{1} << align;
    int ret = -12;
    for (auto at = free_place(area, area.start, count, step); at; at = free_place(area, *at + step, count, step)) {
        const auto done = m_contig.alloc({*at, *at + count}, MigrateType::cma);
        if (!done) return done.error();
        if (*done) {
            m_state.taken[*at] = count;
            ++m_state.success;
            return std::optional(*at);
        }
        ret = -16;
    }
    ++m_state.fail;
    m_trace.printk(fmt::format("cma: cma_alloc: reserved: alloc failed, req-size: {} pages, ret: {}", count, ret));
    return std::optional<Pfn>();
}

Outcome<Done> Cma::release(Pfn pfn, NrPages count) {
    const auto found = holder(m_state, pfn);
    if (count == 0 || found == m_state.taken.end() || pfn + count > found->first + found->second)
        return Error{fmt::format("frames {:#x} to {:#x} were not handed out by one cma_alloc()", pfn, pfn + count)};
    const auto [first, pages] = *found;
    const auto done = m_contig.free({pfn, pfn + count});
    if (!done) return done.error();
    m_state.taken.erase(found);
    if (pfn > first) m_state.taken[first] = pfn - first;
    if (pfn + count < first + pages) m_state.taken[pfn + count] = first + pages - (pfn + count);
    return Done{};
}

Broken cma_owner_of(const CmaState& state, Pfn pfn) {
    const auto found = holder(state, pfn);
    if (found == state.taken.end()) return std::nullopt;
    return fmt::format("frame {:#x} is of the {} pages at {:#x} that cma_alloc() gave: cma_release gives them back",
                       pfn, found->second, found->first);
}

}  // namespace mm
