// SPDX-License-Identifier: GPL-3.0-or-later
// How large a CPU's unit of the first per-CPU chunk is. Follows mm/percpu.c and arch/x86/kernel/setup_percpu.c, Linux
// 6.1.
#pragma once

#include "engine/firmware/machine.h"
#include "engine/profile/kernel_profile.h"

namespace mm {

/// What units are aligned to: PMD_SIZE; on 32 bits, where vmalloc space is scarce, and on arm64 a page.
inline Bytes percpu_atom(const KernelProfile& profile) {
    return profile.arch == Arch::x86_64 ? 2 * MiB : page_size;
}

/// What of a unit is in use.
inline Bytes percpu_used(const PercpuFacts& f) {
    return align_up(f.static_size + f.reserved_size + f.dyn_size, page_size);
}

/// A unit is the atom shared by as many CPUs as fit; pcpu_build_alloc_info() may choose fewer, then the log tells.
inline Bytes percpu_unit(const PercpuFacts& f, const KernelProfile& profile) {
    const Bytes used = percpu_used(f);
    return f.unit_size >= used ? f.unit_size : align_up(used, percpu_atom(profile));
}

}  // namespace mm
