// SPDX-License-Identifier: GPL-3.0-or-later
// How large a CPU's unit of the first per-CPU chunk is. Follows mm/percpu.c and arch/x86/kernel/setup_percpu.c, Linux
// 6.1.
#pragma once

#include <algorithm>

#include "engine/firmware/machine.h"
#include "engine/numa/numa.h"
#include "engine/profile/kernel_profile.h"

namespace mm {

/// early_cpu_to_node(): node 0 where nothing else is known.
inline Nid node_of_cpu(const Numa& numa, std::size_t cpu) {
    return cpu < numa.cpu_to_node.size() ? numa.cpu_to_node[cpu] : 0;
}

/// What units are aligned to: PMD_SIZE; on 32 bits, where vmalloc space is scarce, and on arm64 a page.
inline Bytes percpu_atom(const KernelProfile& profile) {
    return profile.arch == Arch::x86_64 ? 2 * MiB : page_size;
}

/// What of a unit is in use.
inline Bytes percpu_used(const PercpuFacts& f) {
    return align_up(f.static_size + f.reserved_size + f.dyn_size, page_size);
}

/// pcpu_build_alloc_info() for pcpu_page_first_chunk(): PERCPU_DYNAMIC_EARLY_SIZE as the dynamic part, to whole pages;
/// units of PCPU_MIN_UNIT_SIZE at least.
inline PercpuFacts percpu_of_single_pages(PercpuFacts f) {
    constexpr Bytes early_dynamic = 20 * KiB, least_unit = 32 * KiB;
    f.dyn_size = early_dynamic;
    const Bytes used = percpu_used(f);
    f.dyn_size = used - f.static_size - f.reserved_size;
    f.unit_size = std::max(used, least_unit);
    return f;
}

/// A unit is the atom shared by as many CPUs as fit; pcpu_build_alloc_info() may choose fewer, then the log tells.
inline Bytes percpu_unit(const PercpuFacts& f, const KernelProfile& profile) {
    const Bytes used = percpu_used(f);
    return f.unit_size >= used ? f.unit_size : align_up(used, percpu_atom(profile));
}

}  // namespace mm
