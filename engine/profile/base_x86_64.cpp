// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/profile/profile_steps.h"

namespace mm {

KernelProfile x86_64_base() {
    KernelProfile p;
    p.name = "2.6.32";
    p.since = {2, 6, 32};
    p.arch = Arch::x86_64;
    p.struct_page_size = 56;
    p.pgdat_size = 0x2b000;
    p.real_mode_size = 20480;
    p.brk_size = 0x30000;
    p.brk_used = 0x11000;
    return p;
}

}  // namespace mm
