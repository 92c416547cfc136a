// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/page_mapping.h"

namespace mm {
namespace {

/// Calls whole(unit) for the units that the frames fill, single(frame) for the other frames.
template<class Whole, class Single>
void by_unit(PfnRange frames, Pfn unit, Whole whole, Single single) {
    for (Pfn p = frames.start; p < frames.end;)
        if (p % unit == 0 && frames.end - p >= unit) {
            whole(p / unit);
            p += unit;
        } else {
            single(p++);
        }
}

}  // namespace

void PageMappings::break_up(Pfn i) {
    if (!m_runs[i]) return;
    const PageMapping run = *m_runs[i];
    m_runs.set(i, std::nullopt);
    for (Pfn p = i * unit; p < (i + 1) * unit; ++p)
        m_singles.set(p, at(run, p));
}

void PageMappings::set_id(PfnRange frames, std::uint32_t id) {
    const auto change = [&](Pfn p) {
        PageMapping mapping = (*this)[p];
        mapping.id = id;
        set(p, mapping);
    };
    by_unit(
        frames, unit,
        [&](Pfn i) {
            if (std::optional<PageMapping> run = m_runs[i]) {
                run->id = id;
                m_runs.set(i, run);
            } else {
                for (Pfn p = i * unit; p < (i + 1) * unit; ++p)
                    change(p);
            }
        },
        change);
}

void PageMappings::set_swap(Pfn p, SwapSlot slot) {
    PageMapping mapping = (*this)[p];
    mapping.swap = slot;
    set(p, mapping);
}

void PageMappings::set_run(PfnRange frames, const PageMapping& first) {
    const auto mapping_of = [&](Pfn p) {
        PageMapping mapping = first;
        mapping.index += p - frames.start;
        return mapping;
    };
    by_unit(
        frames, unit,
        [&](Pfn i) {
            m_singles.reset({i * unit, (i + 1) * unit});
            m_runs.set(i, mapping_of(i * unit));
        },
        [&](Pfn p) { set(p, mapping_of(p)); });
}

void PageMappings::reset(PfnRange frames) {
    by_unit(
        frames, unit,
        [&](Pfn i) {
            m_singles.reset({i * unit, (i + 1) * unit});
            m_runs.set(i, std::nullopt);
        },
        [&](Pfn p) { set(p, {}); });
}

}  // namespace mm
