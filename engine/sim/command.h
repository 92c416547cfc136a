// SPDX-License-Identifier: GPL-3.0-or-later
// Command: the only way to change a System after power-on; a value with a printer and a parser. Buttons, workloads,
// replay and undo are lists of commands. Same machine, profile and commands: the same state, bit for bit.
//
// Named as the kernel's functions; the parser knows their relatives too: alloc_page, __get_free_pages, __get_free_page,
// get_zeroed_page, __free_pages, __free_page, free_page, kzalloc, vzalloc. Commands of the slab allocator:
// slab_command.h; of vmalloc: vmalloc_command.h; of high memory: highmem_command.h; of processes, files and swap:
// process_command.h; of tasks: task_command.h; of per-CPU memory: percpu_command.h; of given
// frames: contig_command.h; of memory that comes and goes: hotplug_command.h; of how the direct map caches pages:
// set_memory_command.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "engine/page_alloc/mempolicy.h"
#include "engine/page_alloc/page_allocator.h"
#include "engine/sim/contig_command.h"
#include "engine/sim/highmem_command.h"
#include "engine/sim/hotplug_command.h"
#include "engine/sim/percpu_command.h"
#include "engine/sim/process_command.h"
#include "engine/sim/set_memory_command.h"
#include "engine/sim/slab_command.h"
#include "engine/sim/task_command.h"
#include "engine/sim/vmalloc_command.h"
#include "engine/types/outcome.h"

namespace mm {

/// Runs boot stage number "stage" of the stage table (leaves only, in order).
struct RunStage {
    unsigned stage = 0;
    friend bool operator==(const RunStage&, const RunStage&) = default;
};
struct AllocPages {
    AllocRequest request;
    MemPolicy policy{};
    friend bool operator==(const AllocPages&, const AllocPages&) = default;
};
struct AllocPagesExact {
    AllocRequest request;
    Bytes size = page_size;
    friend bool operator==(const AllocPagesExact&, const AllocPagesExact&) = default;
};
struct AllocPagesBulk {
    AllocRequest request;
    NrPages count = 1;
    friend bool operator==(const AllocPagesBulk&, const AllocPagesBulk&) = default;
};
struct FreePages {
    Pfn pfn = 0;
    Order order = 0;
    unsigned cpu = 0;
    friend bool operator==(const FreePages&, const FreePages&) = default;
};
struct FreePagesExact {
    Pfn pfn = 0;
    Bytes size = page_size;
    unsigned cpu = 0;
    friend bool operator==(const FreePagesExact&, const FreePagesExact&) = default;
};
struct GetPage {
    Pfn pfn = 0;
    friend bool operator==(const GetPage&, const GetPage&) = default;
};
struct PutPage {
    Pfn pfn = 0;
    unsigned cpu = 0;
    friend bool operator==(const PutPage&, const PutPage&) = default;
};
struct SplitPage {
    Pfn pfn = 0;
    friend bool operator==(const SplitPage&, const SplitPage&) = default;
};
/// drain_pages() of one CPU, or drain_all_pages().
struct DrainPages {
    std::optional<unsigned> cpu;
    friend bool operator==(const DrainPages&, const DrainPages&) = default;
};
/// The CPU's vmstat work: refresh_cpu_vm_stats().
struct FoldVmstat {
    unsigned cpu = 0;
    friend bool operator==(const FoldVmstat&, const FoldVmstat&) = default;
};
using Command =
    std::variant<RunStage, AllocPages, AllocPagesExact, AllocPagesBulk, FreePages, FreePagesExact, GetPage, PutPage,
                 SplitPage, DrainPages, FoldVmstat, KmemCacheInit, Kmalloc, Krealloc, Kfree, KmemCacheCreate,
                 KmemCacheDestroy, KmemCacheShrink, KmemCacheAlloc, KmemCacheAllocBulk, KmemCacheFree, CacheReap,
                 SlabinfoWrite, Vmalloc, Vfree, Vmap, Vunmap, Ioremap, Iounmap, VmUnmapAliases, Kmap, Kunmap, KmapLocal,
                 KunmapLocal, PageAddress, KmapFlushUnused, Spawn, ForkTask, Execve, ExitTask, Mmap, Munmap, Mprotect,
                 Mlock, Sbrk, Touch, OpenFile, ReadFile, WriteFile, SyncFiles, DropCaches, Swapon, Madvise, SetThp,
                 FailMemory, SoftOfflinePage, UnpoisonMemory, PageIdle, NrHugepages, RandomizeVaSpace, AllocTask,
                 FreeTask, FreeVmStackCache, AllocPercpu, FreePercpu, BalancePercpu, AllocContigRange, FreeContigRange,
                 CmaAlloc, CmaRelease, MemoryBlockState, AddMemory, RemoveMemory, SetMemoryAttribute>;

/// It asks for memory, pages or an object.
bool is_allocation(const Command& command);

/// "alloc_pages GFP_KERNEL order 3 node 0 cpu 0", "free_pages 0x1a8c0 order 3 cpu 0", "run_stage 4".
std::string to_text(const Command& command);
Outcome<Command> parse_command(std::string_view text);

}  // namespace mm
