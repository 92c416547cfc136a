// SPDX-License-Identifier: GPL-3.0-or-later
// /proc/vmallocinfo. Follows s_show(), show_numa_info() and show_purge_info() of mm/vmalloc.c, Linux 6.1, as root sees
// it with kptr_restrict=0 or 1: addresses as they are.
#pragma once

#include <string>

#include "engine/page_alloc/alloc_state.h"
#include "engine/vmalloc/vmalloc_state.h"

namespace mm {

/// profile.numa tells whether pages are counted by node.
std::string print_vmallocinfo(const VmallocState& state, const Zones& zones, const KernelProfile& profile);

}  // namespace mm
