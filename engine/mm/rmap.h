// SPDX-License-Identifier: GPL-3.0-or-later
// Reverse mapping: from a page to all page tables that name it, and what is counted when one begins or ceases to.
//
//      page ──► anon_vma ──► mm 3, mm 7 (forked) ──► areas with it in their chain ──► address ──► entry
//      page ──► file     ──► mms that map the file ──► areas of it                 ──► address ──► entry
//
// Follows mm/rmap.c, Linux 6.1.
#pragma once

#include "engine/mm/user_tables.h"

namespace mm {

/// A place where a page is mapped.
struct MappedAt {
    MmId mm = no_id;
    VirtAddr area = 0;  ///< start of the vma
    VirtAddr address = 0;
    EntryAt at;
};

/// rmap_walk(): all present entries that map the page; of a huge page, or a part of it, those that map any of it.
std::vector<MappedAt> rmap_walk(const MmState& state, Pfn p);

class Rmap {
public:
    explicit Rmap(const MmContext& context) : m_c(context) {}

    // anon_vmas. False: no memory, and nothing has changed.
    bool prepare(Mm& mm, Vma& area) const;                         ///< anon_vma_prepare()
    bool clone_chain(MmId to_mm, Vma& to, const Vma& from) const;  ///< anon_vma_clone()
    bool fork(MmId to_mm, Vma& to, const Vma& from) const;         ///< anon_vma_fork()
    void unlink(MmId mm, Vma& area) const;                         ///< unlink_anon_vmas()

    // Areas of files: i_mmap.
    void link_file(MmId mm, const Vma& area) const;
    void unlink_file(MmId mm, const Vma& area) const;

    void add_new_anon(Mm& mm, const Vma& area, Pfn p, VirtAddr address) const;  ///< page_add_new_anon_rmap(), counted
    void add_anon(Mm& mm, Pfn p, bool exclusive) const;                         ///< page_add_anon_rmap()
    void add_file(Mm& mm, Pfn p) const;                                         ///< page_add_file_rmap()
    /// page_remove_rmap() after the entry has gone; out of its last locked area, the page is unlocked.
    void remove(Mm& mm, const Vma& area, Pfn p) const;

    // Of huge pages, by an entry of a PMD.
    void add_new_huge(Mm& mm, const Vma& area, Pfn head, VirtAddr address) const;
    void dup_huge(Mm& mm, Pfn head) const;     ///< page_try_dup_anon_rmap(): for a child
    void remove_huge(Mm& mm, Pfn head) const;  ///< page_remove_anon_compound_rmap()
    void split_huge(Pfn head) const;           ///< one entry has become one for each page

    /// folio_mkclean(): who writes to a file's page through a shared mapping from now on faults, and the page is dirty
    /// again. True: an entry was dirty.
    bool mkclean(Pfn p) const;

    std::vector<MappedAt> walk(Pfn p) const { return rmap_walk(m_c.state, p); }

private:
    bool attach(MmId mm, Vma& area, AnonVmaId id) const;
    AnonVmaId find_mergeable(const Mm& mm, const Vma& area) const;

    const MmContext& m_c;
};

/// PageAnon(); and whether but one process maps it (PG_anon_exclusive, which is PG_mappedtodisk).
inline bool page_anon(const MmState& state, Pfn p) {
    const PageMapping& mapping = state.mappings[p];
    return mapping.kind == MappingKind::anon || (mapping.kind == MappingKind::hugetlb && mapping.id != no_id);
}
inline constexpr std::uint32_t pg_anon_exclusive = bit(PageFlag::mappedtodisk);

}  // namespace mm
