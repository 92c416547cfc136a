// SPDX-License-Identifier: GPL-3.0-or-later
// What a step of the engine did. Rooms emit Events named as the kernel's functions and tracepoints, and the lines the
// kernel would print there; the sink (sim's recorder, a test's vector) decides what to keep. A null sink costs one
// branch.
//
// An Event is emitted AFTER its change, when the state is consistent: the timeline stops between events.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/types/units.h"

namespace mm {

/// One line a kind: identifier, the kernel's function, its file (Linux 6.1).
// clang-format off
#define MM_EVENT_KINDS(X)                                                                \
    X(stage, "", "")                                                                     \
    X(int15_e820, "detect_memory_e820", "arch/x86/boot/memory.c")                        \
    X(int15_e801, "detect_memory_e801", "arch/x86/boot/memory.c")                        \
    X(int15_88, "detect_memory_88", "arch/x86/boot/memory.c")                            \
    X(e820_range_add, "e820__range_add", "arch/x86/kernel/e820.c")                       \
    X(e820_range_update, "e820__range_update", "arch/x86/kernel/e820.c")                 \
    X(e820_range_remove, "e820__range_remove", "arch/x86/kernel/e820.c")                 \
    X(e820_update_table, "e820__update_table", "arch/x86/kernel/e820.c")                 \
    X(e820_end_pfn, "e820_end_pfn", "arch/x86/kernel/e820.c")                            \
    X(mtrr_trim, "mtrr_trim_uncached_memory", "arch/x86/kernel/cpu/mtrr/cleanup.c")      \
    X(memblock_add, "memblock_add", "mm/memblock.c")                                     \
    X(memblock_remove, "memblock_remove", "mm/memblock.c")                               \
    X(memblock_reserve, "memblock_reserve", "mm/memblock.c")                             \
    X(memblock_alloc, "memblock_alloc_range_nid", "mm/memblock.c")                       \
    X(memblock_phys_free, "memblock_phys_free", "mm/memblock.c")                         \
    X(memblock_set_node, "memblock_set_node", "mm/memblock.c")                           \
    X(memblock_trim_memory, "memblock_trim_memory", "mm/memblock.c")                     \
    X(init_memory_mapping, "init_memory_mapping", "arch/x86/mm/init.c")                  \
    X(map_range, "kernel_physical_mapping_init", "arch/x86/mm/init_64.c")                \
    X(alloc_page_table, "alloc_low_pages", "arch/x86/mm/init.c")                         \
    X(numa_add_memblk, "numa_add_memblk", "arch/x86/mm/numa.c")                          \
    X(node_set_online, "node_set_online", "arch/x86/mm/numa.c")                          \
    X(memory_present, "memory_present", "mm/sparse.c")                                   \
    X(vmemmap_populate, "vmemmap_populate", "arch/x86/mm/init_64.c")                     \
    X(zone_init, "free_area_init_core", "mm/page_alloc.c")                               \
    X(memmap_init, "memmap_init_range", "mm/page_alloc.c")                               \
    X(pcpu_alloc, "pcpu_embed_first_chunk", "mm/percpu.c")                               \
    X(zonelist_build, "build_zonelists", "mm/page_alloc.c")                              \
    X(hash_alloc, "alloc_large_system_hash", "mm/page_alloc.c")                          \
    X(free_range, "__free_memory_core", "mm/memblock.c")                                 \
    X(deferred_init, "deferred_init_memmap", "mm/page_alloc.c")                          \
    X(mm_page_alloc, "__alloc_pages", "mm/page_alloc.c")                                 \
    X(mm_page_alloc_failed, "__alloc_pages", "mm/page_alloc.c")                          \
    X(mm_page_alloc_zone_locked, "__rmqueue", "mm/page_alloc.c")                         \
    X(mm_page_alloc_extfrag, "__rmqueue_fallback", "mm/page_alloc.c")                    \
    X(mm_page_free, "__free_pages", "mm/page_alloc.c")                                   \
    X(mm_page_pcpu_drain, "free_pcppages_bulk", "mm/page_alloc.c")                       \
    X(page_ref_mod, "get_page", "include/linux/mm.h")                                    \
    X(split_page, "split_page", "mm/page_alloc.c")                                       \
    X(page_flags, "SetPageFlag", "include/linux/page-flags.h")                           \
    X(page_mapcount, "page_add_anon_rmap", "mm/rmap.c")                                  \
    X(vmstat_fold, "refresh_cpu_vm_stats", "mm/vmstat.c")                                \
    X(mm_vmscan_wakeup_kswapd, "wakeup_kswapd", "mm/vmscan.c")                           \
    X(mm_vmscan_kswapd_sleep, "balance_pgdat", "mm/vmscan.c")                            \
    X(mm_vmscan_direct_reclaim_end, "try_to_free_pages", "mm/vmscan.c")                  \
    X(mm_compaction_suitable, "compaction_suitable", "mm/compaction.c")                  \
    X(mm_compaction_deferred, "compaction_deferred", "mm/compaction.c")                  \
    X(mm_compaction_defer_compaction, "defer_compaction", "mm/compaction.c")             \
    X(mm_compaction_end, "compact_zone", "mm/compaction.c")                              \
    X(mm_migrate_pages, "migrate_pages", "mm/migrate.c")                                 \
    X(mark_victim, "out_of_memory", "mm/oom_kill.c")                                     \
    X(expand, "expand", "mm/page_alloc.c")                                               \
    X(merge, "__free_one_page", "mm/page_alloc.c")                                       \
    X(set_pageblock_migratetype, "set_pageblock_migratetype", "mm/page_alloc.c")         \
    X(kmem_cache_create, "kmem_cache_create", "mm/slab_common.c")                        \
    X(kmem_cache_destroy, "kmem_cache_destroy", "mm/slab_common.c")                      \
    X(kmem_cache_alloc, "kmem_cache_alloc", "mm/slub.c")                                 \
    X(kmem_cache_free, "kmem_cache_free", "mm/slub.c")                                   \
    X(kmalloc, "__kmalloc", "mm/slab_common.c")                                          \
    X(kfree, "kfree", "mm/slab_common.c")                                                \
    X(allocate_slab, "allocate_slab", "mm/slub.c")                                       \
    X(discard_slab, "discard_slab", "mm/slub.c")                                         \
    X(cache_grow, "cache_grow_begin", "mm/slab.c")                                       \
    X(slab_destroy, "slab_destroy", "mm/slab.c")                                         \
    X(cache_alloc_refill, "cache_alloc_refill", "mm/slab.c")                             \
    X(cache_flusharray, "cache_flusharray", "mm/slab.c")                                 \
    X(cache_reap, "cache_reap", "mm/slab.c")                                             \
    X(alloc_vmap_area, "alloc_vmap_area", "mm/vmalloc.c")                                \
    X(free_vmap_area_noflush, "free_vmap_area_noflush", "mm/vmalloc.c")                  \
    X(purge_vmap_area_lazy, "__purge_vmap_area_lazy", "mm/vmalloc.c")                    \
    X(vmalloc, "vmalloc", "mm/vmalloc.c")                                                \
    X(vfree, "vfree", "mm/vmalloc.c")                                                    \
    X(vmap, "vmap", "mm/vmalloc.c")                                                      \
    X(vunmap, "vunmap", "mm/vmalloc.c")                                                  \
    X(ioremap, "ioremap", "arch/x86/mm/ioremap.c")                                       \
    X(iounmap, "iounmap", "arch/x86/mm/ioremap.c")                                       \
    X(p4d_alloc, "__p4d_alloc", "mm/memory.c")                                           \
    X(pud_alloc, "__pud_alloc", "mm/memory.c")                                           \
    X(pmd_alloc, "__pmd_alloc", "mm/memory.c")                                           \
    X(pte_alloc_kernel, "__pte_alloc_kernel", "mm/memory.c")                             \
    X(vmap_pages_range, "vmap_pages_range_noflush", "mm/vmalloc.c")                      \
    X(vunmap_range, "vunmap_range_noflush", "mm/vmalloc.c")                              \
    X(split_large_page, "split_large_page", "arch/x86/mm/pat/set_memory.c")               \
    X(change_page_attr, "__change_page_attr_set_clr", "arch/x86/mm/pat/set_memory.c")     \
    X(kmap, "kmap_high", "mm/highmem.c")                                                 \
    X(kunmap, "kunmap_high", "mm/highmem.c")                                             \
    X(flush_all_zero_pkmaps, "flush_all_zero_pkmaps", "mm/highmem.c")                    \
    X(kmap_local, "__kmap_local_pfn_prot", "mm/highmem.c")                               \
    X(kunmap_local, "kunmap_local_indexed", "mm/highmem.c")                              \
    X(alloc_thread_stack, "alloc_thread_stack_node", "kernel/fork.c")                    \
    X(free_thread_stack, "free_thread_stack", "kernel/fork.c")                           \
    X(dup_task_struct, "dup_task_struct", "kernel/fork.c")                               \
    X(free_task, "free_task", "kernel/fork.c")                                           \
    X(percpu_alloc_percpu, "pcpu_alloc", "mm/percpu.c")                                  \
    X(percpu_alloc_percpu_fail, "pcpu_alloc", "mm/percpu.c")                             \
    X(percpu_free_percpu, "free_percpu", "mm/percpu.c")                                  \
    X(percpu_create_chunk, "pcpu_create_chunk", "mm/percpu-vm.c")                        \
    X(percpu_destroy_chunk, "pcpu_destroy_chunk", "mm/percpu-vm.c")                      \
    X(percpu_populate_chunk, "pcpu_populate_chunk", "mm/percpu-vm.c")                    \
    X(percpu_depopulate_chunk, "pcpu_depopulate_chunk", "mm/percpu-vm.c")                \
    X(percpu_balance, "pcpu_balance_workfn", "mm/percpu.c")                              \
    X(mmap, "do_mmap", "mm/mmap.c")                                                      \
    X(munmap, "__do_munmap", "mm/mmap.c")                                                \
    X(brk, "do_brk_flags", "mm/mmap.c")                                                  \
    X(mprotect, "mprotect_fixup", "mm/mprotect.c")                                       \
    X(fork, "dup_mm", "kernel/fork.c")                                                   \
    X(exit, "exit_mmap", "mm/mmap.c")                                                    \
    X(page_fault, "handle_mm_fault", "mm/memory.c")                                      \
    X(cow, "wp_page_copy", "mm/memory.c")                                                \
    X(set_pte, "set_pte_at", "include/linux/pgtable.h")                                  \
    X(clear_pte, "ptep_get_and_clear", "include/linux/pgtable.h")                        \
    X(lru_add, "lru_add_fn", "mm/swap.c")                                                \
    X(lru_del, "lruvec_del_folio", "include/linux/mm_inline.h")                          \
    X(swap_out, "swap_writepage", "mm/page_io.c")                                        \
    X(swap_in, "swap_readpage", "mm/page_io.c")                                          \
    X(reclaim, "shrink_folio_list", "mm/vmscan.c")                                       \
    X(mm_shrink_slab_end, "do_shrink_slab", "mm/vmscan.c")                               \
    X(balance_dirty_pages, "balance_dirty_pages", "mm/page-writeback.c")                 \
    X(writeback_written, "wb_writeback", "fs/fs-writeback.c")                            \
    X(forgotten, "", "")                                                                 \
    X(oom_kill, "oom_kill_process", "mm/oom_kill.c")                                     \
    X(memory_failure_event, "action_result", "mm/memory-failure.c")                      \
    X(offline_pages, "offline_pages", "mm/memory_hotplug.c")                             \
    X(online_pages, "online_pages", "mm/memory_hotplug.c")                               \
    X(add_memory, "add_memory_resource", "mm/memory_hotplug.c")                          \
    X(remove_memory, "try_remove_memory", "mm/memory_hotplug.c")                         \
    X(kernel_note, "", "")
// clang-format on

enum class EventKind : std::uint16_t {
#define MM_X(id, function, file) id,
    MM_EVENT_KINDS(MM_X)
#undef MM_X
};

std::string_view name_of(EventKind);             ///< "memblock_reserve"
std::string_view kernel_function_of(EventKind);  ///< "memblock_reserve"; "" for stage
std::string_view kernel_file_of(EventKind);      ///< "mm/memblock.c"; "" for stage

/// One thing that happened. Small and flat: a run of millions is kept. What the fields a and b mean depends on the kind
/// (gfp flags, migratetypes, counts) and is put into words by snapshot/describe.h.
struct Event {
    EventKind kind = EventKind::stage;
    std::int16_t nid = no_node;
    std::uint8_t zone = 0xff;         ///< ZoneType, 0xff none
    std::uint8_t order = 0xff;        ///< 0xff none
    std::uint8_t migratetype = 0xff;  ///< 0xff none
    PhysRange touched{};              ///< the physical memory concerned; empty for none
    std::uint64_t a = 0, b = 0;

    friend bool operator==(const Event&, const Event&) = default;
};

class EventSink {
public:
    virtual ~EventSink() = default;
    /// text: one short line on what changed, in words and numbers ("usable => reserved", "kernel image"); may be empty.
    virtual void event(const Event& event, std::string_view text) = 0;
    /// A line of the kernel's log, without timestamp, belonging to the event before it.
    virtual void printk(std::string line) = 0;
};

/// How rooms hold a sink: a pointer that may be null, with the test for it written once.
class Tracer {
public:
    Tracer() = default;
    explicit Tracer(EventSink* sink) : m_sink(sink) {}
    explicit operator bool() const { return m_sink != nullptr; }
    void event(const Event& e, std::string_view text = {}) const {
        if (m_sink) m_sink->event(e, text);
    }
    void printk(std::string line) const {
        if (m_sink) m_sink->printk(std::move(line));
    }

private:
    EventSink* m_sink = nullptr;
};

}  // namespace mm
