// SPDX-License-Identifier: GPL-3.0-or-later
// Tasks as far as they cost the kernel memory: their task_struct and their kernel stack, and stacks that a CPU keeps
// for its next tasks. Values, copied with the machine's state.
//
//      task 7   task_struct 0x1a8c1840 (an object)      stack 0xffffc90000080000: [ 4 pages |guard]
//      CPU 0    keeps [0xffffc90000088000][ - ]         NR_CACHED_STACKS 2
//
// Follows kernel/fork.c, Linux 6.1.
#pragma once

#include <array>
#include <map>
#include <vector>

#include "engine/slab_common/kmem_cache.h"
#include "engine/vmalloc/vmalloc_state.h"

namespace mm {

inline constexpr std::size_t cached_stacks = 2;  ///< NR_CACHED_STACKS
using TaskId = unsigned;

/// What differs between kernels.
struct StackConfig {
    bool vmap = true;         ///< CONFIG_VMAP_STACK: stacks are areas of vmalloc; else blocks of pages
    Order order = 2;          ///< THREAD_SIZE_ORDER
    Bytes align = page_size;  ///< THREAD_ALIGN
    Bytes task_size = 0;      ///< arch_task_struct_size
    Bytes task_align = 64;    ///< L1_CACHE_BYTES
    unsigned cpus = 1;        ///< that run
    friend bool operator==(const StackConfig&, const StackConfig&) = default;

    Bytes size() const { return page_size << order; }
};

struct KernelTask {
    PhysAddr at = 0;     ///< the task_struct
    VirtAddr stack = 0;  ///< the area; 0: it has none (yet)
    Pfn pfn = no_pfn;    ///< ... or the block
    friend bool operator==(const KernelTask&, const KernelTask&) = default;
};

struct StackState {
    bool up = false;  ///< fork_init() has run
    StackConfig config;
    CacheId cache = no_cache;  ///< task_struct
    Shared<std::map<TaskId, KernelTask>> tasks;
    TaskId last = 0;                                          ///< numbers are not used twice
    std::vector<std::array<VirtAddr, cached_stacks>> cached;  ///< by CPU; 0: none

    /// NR_KERNEL_STACK_KB of a node: of tasks, not of stacks that wait for one.
    std::uint64_t stack_kib(Nid nid, const VmallocState& vmalloc, const Zones& zones) const;
};

}  // namespace mm
