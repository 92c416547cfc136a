// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/highmem/pkmap_text.h"
#include "engine/snapshot/proc_format.h"

namespace mm {

std::string print_pkmap(const Snapshot& s) {
    return print_pkmap(s.state.highmem);
}

}  // namespace mm
