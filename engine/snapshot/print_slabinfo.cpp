// SPDX-License-Identifier: GPL-3.0-or-later
// /proc/slabinfo. Follows cache_show() of mm/slab_common.c and get_slabinfo() of mm/slub.c, Linux 6.1.
#include "engine/slub/slab_allocator.h"
#include "engine/snapshot/proc_format.h"

namespace mm {

std::string print_slabinfo(const Snapshot& s) {
    return print_slabinfo(slabinfo_rows(s.state.slab));
}

}  // namespace mm
