// SPDX-License-Identifier: GPL-3.0-or-later
// vm_fault_t, as far as it is seen from outside. Follows include/linux/mm_types.h, Linux 6.1.
#pragma once

#include <cstdint>

namespace mm {

enum class FaultKind : std::uint8_t {
    none,  ///< the entry allowed it
    minor,
    major,     ///< something was read for it
    oom,       ///< VM_FAULT_OOM
    segv,      ///< no area, or the area forbids it: SIGSEGV
    bus,       ///< beyond the end of the file: SIGBUS
    hwpoison,  ///< VM_FAULT_HWPOISON: what was there is lost with its frame: SIGBUS
};

}  // namespace mm
