// SPDX-License-Identifier: GPL-3.0-or-later
// NR_FREE_CMA_PAGES of a zone, counted from its lists: the kernel keeps a counter, here few ask. mm/vmstat.c.
#pragma once

#include "engine/mmzone/zone.h"

namespace mm {

inline NrPages free_cma_pages(const Zone& zone) {
    NrPages n = 0;
    for (Order order = 0; order < max_orders; ++order)
        n += zone.free_area[order].free_list[static_cast<std::size_t>(MigrateType::cma)].blocks << order;
    return n;
}

}  // namespace mm
