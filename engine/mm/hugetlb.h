// SPDX-License-Identifier: GPL-3.0-or-later
// Huge pages by name: a pool, and private areas mapped with MAP_HUGETLB that live on it. Unlike transparent ones they
// are never split, swapped or moved, and there are no small pages instead: what the pool cannot give is a SIGBUS.
//
//      mmap(MAP_HUGETLB)   promises as many of the pool's free pages as the area has, or fails
//      touch               takes one; a child has no promise and may find the pool empty
//      munmap, exit        gives it back to the pool, and what of the promise was not used
//
// Follows mm/hugetlb.c, Linux 6.1: set_max_huge_pages, alloc_huge_page, hugetlb_fault, hugetlb_wp,
// copy_hugetlb_page_range, __unmap_hugepage_range, unmap_ref_private. No overcommit (vm.nr_overcommit_hugepages = 0).
#pragma once

#include <algorithm>
#include <set>

#include "engine/mm/fault_kind.h"
#include "engine/mm/zap.h"

namespace mm {

class Hugetlb {
public:
    explicit Hugetlb(const MmContext& context) : m_c(context), m_tables(context), m_rmap(context) {}

    /// set_max_huge_pages(): so many are to be there. How many are: fewer where memory is too fragmented, more where
    /// they are in use.
    NrPages set_nr_hugepages(NrPages count) const;
    /// free_huge_page(): the last reference of one in use ends.
    void free_huge_page(Pfn head) const;

    /// hugetlb_reserve_pages() and the end of what was promised and not used (hugetlb_vm_op_close()). False: the pool
    /// has not so many.
    bool reserve(NrPages pages) const;
    void close(const Vma& area) const;

    /// hugetlb_fault(). REQUIRES: the area allows the access; its entry does not.
    FaultKind fault(Mm& mm, Vma& area, VirtAddr address, bool write) const;
    /// copy_hugetlb_page_range() of one entry. False: no memory for tables.
    bool copy(Mm& to, Mm& from, VirtAddr address) const;
    /// __unmap_hugepage_range() of one entry.
    void zap(Mm& mm, VirtAddr address, MmuGather& gather) const;

    Bytes size() const { return page_size << m_c.state.layout.hpage_order; }

private:
    HugetlbNode& of_node(Nid nid) const;
    HugetlbNode& node_of(Pfn head) const;
    bool alloc_pool_huge_page(std::set<Nid>& tried_in_vain) const;
    bool remove_pool_huge_page(std::vector<Pfn>& removed, bool of_surplus) const;
    bool adjust_surplus(bool more) const;
    void enqueue(Pfn head) const;
    Pfn dequeue() const;
    Pfn alloc_huge_page(Vma& area, VirtAddr address, bool avoid_reserve) const;
    void map_new(Mm& mm, const Vma& area, VirtAddr address, Pfn head, bool writable) const;
    void unmap_one(Mm& mm, const EntryAt& at, Pfn head) const;
    FaultKind no_page(Mm& mm, Vma& area, VirtAddr start, bool write) const;
    FaultKind write_protected(Mm& mm, Vma& area, VirtAddr start) const;
    bool unmap_ref_private(const Mm& mm, VirtAddr start, Pfn head) const;

    const MmContext& m_c;
    UserTables m_tables;
    Rmap m_rmap;
};

/// The area's huge pages as the kernel's resv_map has them: those whose promise was used.
inline bool promise_used(const Vma& area, VirtAddr start) {
    return std::find(area.resv_used.begin(), area.resv_used.end(), start) != area.resv_used.end();
}

}  // namespace mm
