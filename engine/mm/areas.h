// SPDX-License-Identifier: GPL-3.0-or-later
// The areas of an address space: found, placed, split, merged with their neighbours, protected, unmapped.
//
//      0                                                              mmap_base          TASK_SIZE
//      | [text][data][heap ->]      free       [lib][lib][ anon ]<- new ones | gap | [stack] |
//
// Follows mm/mmap.c and mm/mprotect.c, Linux 6.1. Results of false or nothing are ENOMEM, after what the kernel does
// then.
#pragma once

#include "engine/mm/rmap.h"
#include "engine/mm/zap.h"

namespace mm {

class Areas {
public:
    explicit Areas(const MmContext& context) : m_c(context), m_rmap(context) {}

    /// vm_unmapped_area_topdown() below mmap_base, or bottom up where there is no room there.
    std::optional<VirtAddr> unmapped_area(const Mm& mm, Bytes size) const;
    /// mmap_region(): what was mapped there is unmapped; merged with a neighbour where that is the same.
    std::optional<VirtAddr> map(Mm& mm, Vma area) const;
    /// do_mas_munmap().
    bool unmap(Mm& mm, VirtRange range) const;
    /// mprotect_fixup() of each area in the range. Nothing: done. REQUIRES: no hole in it.
    bool protect(Mm& mm, VirtRange range, VmaFlags access) const;
    /// mlock_fixup(): VM_LOCKED set or cleared.
    bool set_locked(Mm& mm, VirtRange range, bool locked) const;
    /// hugepage_madvise(): VM_HUGEPAGE, or VM_NOHUGEPAGE.
    bool set_hugepage(Mm& mm, VirtRange range, bool wanted) const;
    /// madvise_dontneed_single_vma() of each area that is not locked.
    void dont_need(Mm& mm, VirtRange range) const;
    /// expand_downwards(): the stack grows to hold the address.
    bool expand_stack(Mm& mm, VirtAddr address) const;
    /// exit_mmap(): everything.
    void unmap_all(Mm& mm) const;

private:
    using Place = std::map<VirtAddr, Vma>::iterator;
    /// __split_vma(): false: no memory.
    bool split(Mm& mm, VirtAddr at) const;
    /// vma_merge() of the area with those beside it. Returns where it is now.
    Place merge(Mm& mm, Place area) const;
    bool can_merge(const Vma& a, const Vma& b) const;
    Place join(Mm& mm, Place a, Place b) const;
    template<class Change>
    bool change(Mm& mm, VirtRange range, Change change) const;
    void drop(Mm& mm, Vma& area) const;

    const MmContext& m_c;
    Rmap m_rmap;
};

}  // namespace mm
