// SPDX-License-Identifier: GPL-3.0-or-later
// numa=fake=: made-up nodes cut out of the real (or dummy) ones. Private to numa. Follows
// arch/x86/mm/numa_emulation.c, Linux 6.1.
//
//      fake=4        node 0 [=========================)   ->  0 [=====) 1 [=====) 2 [=====) 3 [=====)
//      fake=512M     as many as fit, 512 MiB of RAM each, over all real nodes in turn
//      fake=2U       each real node into two halves
//      fake=2:10,30,30,10,   with distances of their own
#pragma once

#include <string_view>

#include "engine/numa/distances.h"

namespace mm::numa_emulation {

/// numa_emulation(): changes memblks, parsed nodes, distances and CPUs' nodes, or leaves all as it is where the option
/// makes no sense. option: what follows "numa=fake=".
void emulate(std::string_view option, Numa& numa, std::set<Nid>& parsed, Distances& distances, Pfn max_pfn);

}  // namespace mm::numa_emulation
