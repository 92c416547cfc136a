// SPDX-License-Identifier: GPL-3.0-or-later
// Faults in areas of files.
#include <algorithm>

#include "engine/mm/buffer_head.h"
#include "engine/mm/fault.h"
#include "engine/mm/folio.h"
#include "engine/mm/huge_folio.h"
#include "engine/mm/page_writeback.h"

namespace mm {
namespace {

constexpr NrPages fault_around_pages = 16;  // fault_around_bytes

}  // namespace

void Fault::map_file(Vmf& f, VirtAddr address, Pfn p, bool writable) const {
    m_c.get_page(p);
    m_rmap.add_file(f.mm, p);
    if (f.area.flags & vma::locked) set_mlocked(m_c, p, true);  // mlock_vma_page()
    UserPte pte = entry_of(f.area, p);
    pte.young = address == f.address;  // those around it have not been touched
    pte.writable = pte.dirty = writable;
    m_tables.set(m_tables.find(f.mm, address), encode(m_c.paging(), pte));
}

FaultKind Fault::file(Vmf& f) const {
    const std::uint64_t index = f.area.index_of(f.address);
    if (index >= m_c.state.file(f.area.file).end()) return FaultKind::bus;
    if (!f.write && fault_around(f)) return FaultKind::minor;
    bool major = false;
    const Pfn p = m_filemap.fault(f.area.file, index, major);
    if (major) f.major = true, ++m_c.state.events.pgmajfault;
    if (p == no_pfn) return FaultKind::oom;
    m_c.get_page(p);  // it must not be reclaimed while tables are made
    const bool shared = f.area.flags & vma::shared;
    const FaultKind kind = !f.write ? file_read(f, p) : shared ? file_shared(f, p) : file_cow(f, p);
    put_user_page(m_c, p);
    return kind;
}

/// do_fault_around() and filemap_map_pages(): pages of the cache near the address, in its table and its area.
bool Fault::fault_around(Vmf& f) const {
    if (m_filemap.find(f.area.file, f.area.index_of(f.address)) == no_pfn) return false;
    const Bytes window = fault_around_pages * page_size, table = page_size << (m_c.paging().entry_size == 8 ? 9 : 10);
    const VirtAddr start = std::max(align_down(f.address, window), f.area.range.start);
    const VirtAddr end = std::min({start + window, align_down(f.address, table) + table, f.area.range.end});
    f.at = m_tables.make(f.mm, f.address);
    if (f.at.table == no_pfn) return false;
    for (VirtAddr a = start; a < end; a += page_size) {
        const Pfn p = m_filemap.find(f.area.file, f.area.index_of(a));
        if (p == no_pfn || m_tables.find(f.mm, a).entry != 0) continue;
        if (m_c.columns().flags(p) & pg_readahead) continue;  // the mark has to be met
        map_file(f, a, p, false);
    }
    return m_tables.find(f.mm, f.address).entry != 0;
}

FaultKind Fault::file_read(Vmf& f, Pfn p) const {
    f.at = m_tables.make(f.mm, f.address);
    if (f.at.table == no_pfn) return FaultKind::oom;
    if (f.at.entry == 0) map_file(f, f.address, p, false);
    return FaultKind::minor;
}

FaultKind Fault::file_cow(Vmf& f, Pfn) const {
    const Pfn copy = new_anonymous(f, 0);
    if (copy == no_pfn) return FaultKind::oom;
    m_c.get_page(copy);  // nobody moves it while it is mapped nowhere
    f.at = m_tables.make(f.mm, f.address);
    m_c.put_page(copy);
    if (f.at.table == no_pfn || f.at.entry != 0) {
        put_user_page(m_c, copy);
        return f.at.table == no_pfn ? FaultKind::oom : handle(f);
    }
    map_anonymous(f, copy);
    return FaultKind::minor;
}

FaultKind Fault::file_shared(Vmf& f, Pfn p) const {
    f.at = m_tables.make(f.mm, f.address);
    if (f.at.table == no_pfn || !create_empty_buffers(m_c, p)) return FaultKind::oom;  // ext4_page_mkwrite()
    if (f.at.entry == 0) map_file(f, f.address, p, true);
    set_page_dirty(m_c, p);
    balance_dirty_pages(m_c);  // fault_dirty_shared_page()
    return FaultKind::minor;
}

/// wp_page_shared(): the page was only read through this mapping, or it has been written back since.
FaultKind Fault::write_shared(Vmf& f, Pfn p) const {
    m_c.get_page(p);
    const bool made = create_empty_buffers(m_c, p);  // ext4_page_mkwrite()
    const PtEntry before = f.at.entry;
    f.at = m_tables.find(f.mm, f.address);
    FaultKind kind = FaultKind::oom;
    if (made && f.at.entry == before) {
        kind = reuse(f);
        set_page_dirty(m_c, p);
        balance_dirty_pages(m_c);
    } else if (made) {  // reclaim was there meanwhile: the access is tried again
        kind = handle(f);
    }
    put_user_page(m_c, p);
    return kind;
}

}  // namespace mm
