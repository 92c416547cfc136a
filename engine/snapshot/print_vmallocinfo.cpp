// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/snapshot/proc_format.h"
#include "engine/vmalloc/vmallocinfo.h"

namespace mm {

std::string print_vmallocinfo(const Snapshot& s) {
    return print_vmallocinfo(s.state.vmalloc, s.state.zones, *s.profile);
}

}  // namespace mm
