// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmscan/shrinkers.h"

#include <algorithm>

#include "engine/mm/huge_folio.h"

namespace mm {
namespace {

constexpr NrPages shrink_batch = 128, default_seeks = 2;  // SHRINK_BATCH, DEFAULT_SEEKS

/// do_shrink_slab(): calls scan(so many) until it says stop or enough was looked at. deferred: what is left for later.
template<class Scan>
void do_shrink_slab(NrPages freeable, int priority, NrPages& deferred, Scan scan) {
    if (freeable == 0) return;
    const NrPages before = deferred, delta = (freeable >> priority) * 4 / default_seeks;
    NrPages total = std::min((before >> priority) + delta, 2 * freeable), scanned = 0;
    while (total >= shrink_batch || total >= freeable) {
        const NrPages n = std::min(shrink_batch, total);
        if (!scan(n)) break;
        total -= n;
        scanned += n;
    }
    deferred = std::min(before + delta - std::min(before + delta, scanned), 2 * freeable);
}

/// deferred_split_scan(): those that could not be split go to the end of the queue. False: stop.
bool split_some(const MmContext& c, SplitQueue& queue, NrPages n) {
    const auto looked_at = static_cast<std::ptrdiff_t>(std::min<NrPages>(n, queue.folios.size()));
    const std::vector<Pfn> folios(queue.folios.begin(), queue.folios.begin() + looked_at);
    NrPages split = 0;
    for (const Pfn head : folios) {
        if (split_huge_page(c, head)) {
            ++split;
            continue;
        }
        const auto here = std::find(queue.folios.begin(), queue.folios.end(), head);
        std::rotate(here, here + 1, queue.folios.end());
    }
    return split > 0;
}

/// shrink_huge_zero_page_scan().
bool free_zero_page(const MmContext& c) {
    ThpState& thp = c.state.thp;
    if (thp.zero_page == no_pfn || thp.zero_users > 0) return false;
    c.put_page(std::exchange(thp.zero_page, no_pfn));
    return true;
}

}  // namespace

void shrink_slab(const MmContext& c, Nid nid, int priority) {
    ThpState& thp = c.state.thp;
    if (static_cast<std::size_t>(nid) < thp.queues.size()) {
        SplitQueue& queue = thp.queues[static_cast<std::size_t>(nid)];
        do_shrink_slab(queue.folios.size(), priority, queue.nr_deferred,
                       [&](NrPages n) { return split_some(c, queue, n); });
    }
    if (thp.zero_page != no_pfn && thp.zero_users == 0)
        do_shrink_slab(c.state.hpage_nr(), priority, thp.zero_deferred, [&](NrPages) { return free_zero_page(c); });
}

}  // namespace mm
