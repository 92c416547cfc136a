// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/profile/profile_steps.h"

namespace mm {

KernelProfile x86_64_base() {
    return {
        .name = "2.6.32",
        .since = {2, 6, 32},
        .arch = Arch::x86_64,
        .pgdat_size = 0x2b000,
        .brk_size = 0x30000,
        .brk_used = 0x11000,
    };
}

}  // namespace mm
