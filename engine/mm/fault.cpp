// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/fault.h"

#include "engine/mm/folio.h"
#include "engine/mm/huge_folio.h"
#include "engine/mm/huge_memory.h"
#include "engine/mm/hugetlb.h"
#include "engine/mm/swapfile.h"
#include "engine/mm/workingset.h"

namespace mm {
namespace {

constexpr VmaFlags any_access = vma::read | vma::write | vma::exec;

/// The entry allows the access as it is.
bool allows(const UserPte& pte, bool write) {
    return !write || pte.writable;
}

}  // namespace

FaultKind Fault::access(Task& task, VirtAddr address, bool write) const {
    Mm& mm = m_c.mm(task.mm);
    const Vma* found = find_vma(mm, address);
    if (!found) return FaultKind::segv;
    if (found->range.start > address) {
        if (!(found->flags & vma::growsdown) || !Areas(m_c).expand_stack(mm, address)) return FaultKind::segv;
        found = find_vma(mm, address);
    }
    Vma& area = mm.areas.at(found->range.start);
    if (area.flags & vma::special) return write ? FaultKind::segv : FaultKind::none;  // pages of the kernel's image
    if (!(area.flags & (write ? vma::write : any_access))) return FaultKind::segv;
    Vmf f{mm, area, align_down(address, page_size), write, m_tables.find(mm, address)};
    if (m_c.paging().present(f.at.entry)) {
        UserPte pte = decode(m_c.paging(), f.at.entry, f.at.level);
        if (allows(pte, write)) {  // the CPU marks the entry itself
            pte.young = true;
            pte.dirty = pte.dirty || write;
            m_tables.set(f.at, encode(m_c.paging(), pte, f.at.level));
            return FaultKind::none;
        }
    }
    ++m_c.state.events.pgfault;
    const FaultKind kind = handle(f);
    if (kind == FaultKind::minor || kind == FaultKind::major) {
        ++(f.major ? task.maj_flt : task.min_flt);
        const EntryAt at = m_tables.find(mm, address);
        m_c.tell(EventKind::page_fault, decode(m_c.paging(), at.entry, at.level).pfn, address,
                 static_cast<std::uint64_t>(task.pid), at.level == PtLevel::pte ? 1 : m_c.state.hpage_nr());
        return f.major ? FaultKind::major : FaultKind::minor;
    }
    return kind;
}

FaultKind Fault::handle(Vmf& f) const {
    if (f.area.flags & vma::hugetlb) return Hugetlb(m_c).fault(f.mm, f.area, f.address, f.write);
    if (f.at.level != PtLevel::pte && f.area.is_anonymous()) {
        if (const auto kind = HugeMemory(m_c).fault(f.mm, f.area, f.address, f.write, f.at)) return *kind;
        f.at = m_tables.find(f.mm, f.address);
    }
    if (f.at.level != PtLevel::pte || f.at.entry == 0) return f.area.is_anonymous() ? anonymous(f) : file(f);
    if (!m_c.paging().present(f.at.entry))
        return is_hwpoison(m_c.paging(), f.at.entry) ? FaultKind::hwpoison : swap_in(f);
    return f.write ? write_protected(f) : FaultKind::minor;
}

UserPte Fault::entry_of(const Vma& area, Pfn p) const {
    UserPte pte;
    pte.pfn = p;
    pte.executable = area.flags & vma::exec;
    pte.young = true;
    return pte;
}

/// lru_cache_add_inactive_or_unevictable().
void Fault::add_to_lru(const Vma& area, Pfn p) const {
    if (area.flags & vma::locked) {
        m_c.set_flags(p, bit(PageFlag::mlocked) | bit(PageFlag::unevictable));
        ++m_c.zone_counters(p).nr_mlock;
        ++m_c.state.events.unevictable_mlocked;
    }
    m_c.lru().add(p);
}

/// alloc_page_vma(GFP_HIGHUSER_MOVABLE), after the area has an anon_vma.
Pfn Fault::new_anonymous(Vmf& f, Gfp extra) const {
    if (!m_rmap.prepare(f.mm, f.area)) return no_pfn;
    const Pfn p = m_c.alloc_page(gfp::GFP_HIGHUSER_MOVABLE | extra);
    if (p != no_pfn) m_c.set_flags(p, bit(PageFlag::uptodate));
    return p;
}

void Fault::map_anonymous(Vmf& f, Pfn p) const {
    m_rmap.add_new_anon(f.mm, f.area, p, f.address);
    add_to_lru(f.area, p);
    UserPte pte = entry_of(f.area, p);
    pte.writable = f.area.flags & vma::write;
    pte.dirty = pte.writable;
    m_tables.set(f.at, encode(m_c.paging(), pte));
}

FaultKind Fault::anonymous(Vmf& f) const {
    f.at = m_tables.make(f.mm, f.address);
    if (f.at.table == no_pfn) return FaultKind::oom;
    if (!f.write) {
        UserPte zero = entry_of(f.area, m_c.state.zero_page);
        zero.special = true;
        m_tables.set(f.at, encode(m_c.paging(), zero));
        return FaultKind::minor;
    }
    const Pfn p = new_anonymous(f, gfp::zero);
    if (p == no_pfn) return FaultKind::oom;
    map_anonymous(f, p);
    return FaultKind::minor;
}

FaultKind Fault::write_protected(Vmf& f) const {
    PageColumns& pages = m_c.columns();
    const UserPte pte = decode(m_c.paging(), f.at.entry);
    if (pte.special) return copy(f, no_pfn);
    const Pfn p = pte.pfn;
    const bool anon = page_anon(m_c.state, p);
    if (anon && !(pages.flags(p) & pg_anon_exclusive)) {
        const bool cached = m_c.state.mappings[p].swap != no_id;
        const Pfn folio = m_c.state.folio_of(p);
        if (pages.refcount(folio) > (cached ? 2 : 1)) return copy(f, p);
        if (cached) {
            const SwapSlot slot = m_c.state.mappings[p].swap;  // folio_free_swap()
            if (m_c.state.swap.map[slot] > 0) return copy(f, p);
            delete_from_swap_cache(m_c, p);
            m_c.set_flags(p, bit(PageFlag::dirty));
        }
        m_c.set_flags(p, pg_anon_exclusive);  // page_move_anon_rmap()
        set_anon_vma(m_c, folio, f.area.anon_vma);
    } else if (!anon) {
        return f.area.flags & vma::shared ? write_shared(f, p) : copy(f, p);
    }
    return reuse(f);
}

/// wp_page_reuse().
FaultKind Fault::reuse(Vmf& f) const {
    UserPte pte = decode(m_c.paging(), f.at.entry);
    pte.writable = pte.dirty = pte.young = true;
    ++m_c.state.events.pgreuse;
    m_tables.set(f.at, encode(m_c.paging(), pte));
    return FaultKind::minor;
}

/// wp_page_copy(); from: no_pfn for the zero page. The old page is held while the new one is looked for.
FaultKind Fault::copy(Vmf& f, Pfn from) const {
    if (from != no_pfn) m_c.get_page(from);
    const Pfn p = new_anonymous(f, from == no_pfn ? gfp::zero : Gfp{0});
    if (p == no_pfn) {
        if (from != no_pfn) put_user_page(m_c, from);
        return FaultKind::oom;
    }
    const PtEntry before = f.at.entry;
    f.at = m_tables.find(f.mm, f.address);
    if (f.at.level != PtLevel::pte || f.at.entry != before) {  // reclaim was there meanwhile: the access is tried again
        put_user_page(m_c, p);
        if (from != no_pfn) put_user_page(m_c, from);
        return handle(f);
    }
    map_anonymous(f, p);
    m_c.tell(EventKind::cow, p, f.address, from);
    if (from == no_pfn) return FaultKind::minor;
    m_rmap.remove(f.mm, f.area, from);
    put_user_page(m_c, from);
    free_swap_cache(m_c, from);
    put_user_page(m_c, from);
    return FaultKind::minor;
}

/// do_swap_page().
FaultKind Fault::swap_in(Vmf& f) const {
    const SwapSlot slot = decode_swap(m_c.paging(), f.at.entry);
    Pfn p = lookup_swap_cache(m_c.state, slot);
    const bool was_cached = p != no_pfn;
    if (!was_cached) {
        p = m_c.alloc_page(gfp::GFP_HIGHUSER_MOVABLE);
        if (p == no_pfn) return FaultKind::oom;
        f.major = true;
        ++m_c.state.events.pgmajfault;
        ++m_c.state.events.pswpin;
        m_c.state.events.pgpgin_kib += page_size / KiB;
        m_c.set_flags(p, bit(PageFlag::locked) | bit(PageFlag::swapbacked));
        m_c.state.mappings.set(p, {MappingKind::anon, f.area.chain.front().id, no_id, f.area.index_of(f.address)});
        add_to_swap_cache(m_c, p, slot);
        if (const std::uint64_t shadow = m_c.state.swap.shadow[slot]) workingset_refault(m_c, p, shadow);
        add_to_lru(f.area, p);
        m_c.set_flags(p, bit(PageFlag::waiters));                       // __folio_lock_or_retry()
        m_c.change(p, bit(PageFlag::uptodate), bit(PageFlag::locked));  // end_swap_bio_read()
        m_c.clear_flags(p, bit(PageFlag::waiters));
        m_c.tell(EventKind::swap_in, p, f.address, slot);
    } else {
        if (m_c.columns().flags(p) & bit(PageFlag::hwpoison)) return FaultKind::hwpoison;
        m_c.get_page(p);
    }
    // Neither another entry names the slot, nor does one map the page already.
    const bool exclusive = m_c.state.swap.map[slot] == 1 && m_c.columns().mapcount(p) < 0;
    m_rmap.add_anon(f.mm, p, exclusive);
    if (f.area.flags & vma::locked) set_mlocked(m_c, p, true);
    if (exclusive) m_c.state.mappings.set_id({p, p + 1}, f.area.anon_vma);
    --f.mm.count(Rss::swap);
    UserPte pte = entry_of(f.area, p);
    pte.writable = exclusive && f.write && (f.area.flags & vma::write);
    pte.dirty = pte.writable;
    f.at = m_tables.find(f.mm, f.address);
    m_tables.set(f.at, encode(m_c.paging(), pte));
    swap_free(m_c, slot);
    // should_try_to_free_swap(): written to, or half of all slots are taken.
    const bool frees = f.write || (f.area.flags & vma::locked) || m_c.state.swap.free() * 2 < m_c.state.swap.pages;
    if (frees && m_c.state.swap.map[slot] == 0 && m_c.state.mappings[p].swap == slot) {
        delete_from_swap_cache(m_c, p);
        set_page_dirty(m_c, p);
    }
    if (f.write && !pte.writable) {
        f.at = m_tables.find(f.mm, f.address);
        return write_protected(f);
    }
    return FaultKind::minor;
}

}  // namespace mm
