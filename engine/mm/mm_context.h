// SPDX-License-Identifier: GPL-3.0-or-later
// What every operation on processes works on. Private to mm and to what drives its parts one by one.
#pragma once

#include <functional>

#include "engine/mm/mm_state.h"
#include "engine/mmzone/page_change.h"
#include "engine/page_alloc/page_allocator.h"

namespace mm {

/// Where descriptors come from: the slab allocator, and for tasks who makes their stacks, too; passed in. None set:
/// they cost nothing.
struct MmMetadata {
    enum class Kind {
        mm_struct,
        vm_area_struct,
        anon_vma,
        anon_vma_chain,
        dentry,
        inode,
        radix_tree_node,
        buffer_head
    };
    std::function<std::optional<PhysAddr>(Kind, unsigned cpu)> alloc;
    std::function<void(Kind, PhysAddr, unsigned cpu)> free;
    /// dup_task_struct() and free_task().
    std::function<std::optional<TaskObject>(unsigned cpu)> dup_task{};
    std::function<void(TaskObject, unsigned cpu)> free_task{};
    std::function<NrPages()> slab_pages{};  ///< of all caches, for what shrinkers gave back
};

using MmObject = MmMetadata::Kind;

/// Fault injection, for tests: should_fail_alloc_page() of pages of processes and of their tables.
struct MmFaults {
    std::function<bool()> pages;
};

/// Whose a frame is that no process and no file has any more.
inline PageMapping unowned(const PageColumns& pages, Pfn p) {
    PageMapping mapping;
    if (pages.flags(p) & pg_hwpoison) mapping.kind = MappingKind::poisoned;
    return mapping;
}
/// Nobody has these frames any more.
inline void disown(PageMappings& mappings, const PageColumns& pages, PfnRange frames) {
    mappings.reset(frames);
    for (Pfn p = frames.start; p < frames.end; ++p)
        mappings.set(p, unowned(pages, p));
}
/// memory_failure() has taken the page off its list and holds it.
inline bool is_lost(const PageColumns& pages, Pfn p) {
    return (pages.flags(p) & pg_hwpoison) && !page_lru(pages, p);
}

/// References to the caller's state, which outlives every operation; the CPU it runs on.
struct MmContext {
    MmState& state;
    PageAllocator& allocator;
    AllocState pages;
    unsigned cpu = 0;
    const MmMetadata* metadata = nullptr;
    const MmFaults* faults = nullptr;
    Tracer trace{};

    const Paging& paging() const { return paging_of(state.layout.paging); }
    PageColumns& columns() const { return pages.pages; }
    Lru lru() const { return Lru(state.lru, pages.pages, pages.zones, trace); }
    NodeCounters& counters(Pfn p) const { return lru().vec_of(p).counters; }
    ZonePageCounters& zone_counters(Pfn p) const { return lru().zone_counters(p); }
    /// SetPageX() and ClearPageX(), of several flags at once.
    void set_flags(Pfn p, std::uint32_t flags) const { change_flags(pages.pages, p, flags, 0, trace); }
    void clear_flags(Pfn p, std::uint32_t flags) const { change_flags(pages.pages, p, 0, flags, trace); }
    void change(Pfn p, std::uint32_t set, std::uint32_t clear) const {
        change_flags(pages.pages, p, set, clear, trace);
    }
    Mm& mm(MmId id) const { return state.mms.edit().at(id).edit(); }
    File& file(FileId id) const { return state.files.edit().at(id).edit(); }

    /// alloc_page() on the node, or the CPU's (no_node); no_pfn: there was none.
    Pfn alloc_page(Gfp gfp, Order order = 0, Nid nid = no_node) const {
        if (faults && faults->pages && faults->pages()) return no_pfn;
        if (nid == no_node) nid = pages.zones.node_of_cpu(cpu);
        return allocator.alloc_pages({gfp, order, nid, cpu}, trace).value_or(no_pfn);
    }
    /// put_page(): what goes wrong here is a bug of this room, which check() tells.
    void put_page(Pfn p) const { (void)allocator.put_page(p, trace, cpu); }

    void get_page(Pfn p) const { (void)allocator.get_page(p, trace); }

    std::optional<PhysAddr> alloc_object(MmMetadata::Kind kind) const {
        return metadata && metadata->alloc ? metadata->alloc(kind, cpu) : std::optional<PhysAddr>(0);
    }
    void free_object(MmMetadata::Kind kind, PhysAddr at) const {
        if (metadata && metadata->free) metadata->free(kind, at, cpu);
    }
    std::optional<TaskObject> dup_task() const {
        return metadata && metadata->dup_task ? metadata->dup_task(cpu) : std::optional<TaskObject>(TaskObject{});
    }
    void free_task(TaskObject object) const {
        if (metadata && metadata->free_task) metadata->free_task(object, cpu);
    }
    void tell(EventKind kind, Pfn pfn, std::uint64_t a, std::uint64_t b, NrPages n = 1) const {
        if (!trace) return;
        Event e;
        e.kind = kind;
        if (pfn != no_pfn) e.touched = phys_of(PfnRange{pfn, pfn + n});
        e.a = a, e.b = b;
        trace.event(e);
    }
};

}  // namespace mm
