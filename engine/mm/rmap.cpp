// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/rmap.h"

#include <algorithm>

#include "engine/mm/huge_folio.h"
#include "engine/mm/inode_cache.h"

namespace mm {

/// anon_vma_chain_link() with a new link.
bool Rmap::attach(MmId mm, Vma& area, AnonVmaId id) const {
    const auto link = m_c.alloc_object(MmObject::anon_vma_chain);
    if (!link) return false;
    area.chain.push_back({id, *link});
    AnonVma& anon = m_c.state.anon_vmas.edit().at(id);
    ++anon.areas;
    ++anon.mms[mm];
    return true;
}

/// reusable_anon_vma(): a neighbour that the area could be merged with but for its protection lends its own.
AnonVmaId Rmap::find_mergeable(const Mm& mm, const Vma& area) const {
    const auto usable = [&](const Vma& a, const Vma& b, const Vma& lender) {
        return a.range.end == b.range.start && a.file == b.file && ((a.flags ^ b.flags) & ~vma::access) == 0 &&
               b.pgoff == a.index_of(b.range.start) && lender.anon_vma != no_id && lender.chain.size() == 1;
    };
    const auto here = mm.areas.find(area.range.start);
    if (here == mm.areas.end()) return no_id;
    if (const auto next = std::next(here); next != mm.areas.end() && usable(area, next->second, next->second))
        return next->second.anon_vma;
    if (here != mm.areas.begin())
        if (const auto before = std::prev(here); usable(before->second, area, before->second))
            return before->second.anon_vma;
    return no_id;
}

bool Rmap::prepare(Mm& mm, Vma& area) const {
    if (area.anon_vma != no_id) return true;
    AnonVmaId id = find_mergeable(mm, area);
    const bool is_new = id == no_id;
    if (is_new) {
        const auto object = m_c.alloc_object(MmObject::anon_vma);
        if (!object) return false;
        id = m_c.state.next_anon_vma++;
        m_c.state.anon_vmas.edit()[id].at = *object;
    }
    if (!attach(mm.id, area, id)) {
        if (is_new) {
            m_c.free_object(MmObject::anon_vma, m_c.state.anon_vmas->at(id).at);
            m_c.state.anon_vmas.edit().erase(id);
        }
        return false;
    }
    area.anon_vma = id;
    return true;
}

bool Rmap::clone_chain(MmId to_mm, Vma& to, const Vma& from) const {
    to.chain.clear();
    for (const AnonVmaLink& link : from.chain)
        if (!attach(to_mm, to, link.id)) {
            unlink(to_mm, to);
            return false;
        }
    return true;
}

bool Rmap::fork(MmId to_mm, Vma& to, const Vma& from) const {
    to.anon_vma = no_id;
    to.chain.clear();
    if (from.anon_vma == no_id) return true;
    if (!clone_chain(to_mm, to, from)) return false;
    const auto object = m_c.alloc_object(MmObject::anon_vma);
    if (!object) return unlink(to_mm, to), false;
    const AnonVmaId id = m_c.state.next_anon_vma++;
    m_c.state.anon_vmas.edit()[id].at = *object;
    if (!attach(to_mm, to, id)) {
        m_c.free_object(MmObject::anon_vma, *object);
        m_c.state.anon_vmas.edit().erase(id);
        return unlink(to_mm, to), false;
    }
    to.anon_vma = id;
    return true;
}

/// Pages that outlive the last area of an anon_vma are not mapped any more: nobody looks for it again.
void Rmap::unlink(MmId mm, Vma& area) const {
    auto& anon_vmas = m_c.state.anon_vmas.edit();
    for (const AnonVmaLink& link : area.chain) {
        AnonVma& anon = anon_vmas.at(link.id);
        m_c.free_object(MmObject::anon_vma_chain, link.at);
        if (--anon.mms[mm] == 0) anon.mms.erase(mm);
        if (--anon.areas > 0) continue;
        m_c.free_object(MmObject::anon_vma, anon.at);
        anon_vmas.erase(link.id);
    }
    area.chain.clear();
    area.anon_vma = no_id;
}

void Rmap::link_file(MmId mm, const Vma& area) const {
    if (area.file != no_id) ++m_c.file(area.file).mms[mm];
}

void Rmap::unlink_file(MmId mm, const Vma& area) const {
    if (area.file == no_id) return;
    auto& mms = m_c.file(area.file).mms;
    if (--mms[mm] == 0) mms.erase(mm);
    if (mms.empty()) InodeCache(m_c).unmapped(area.file);
}

void Rmap::add_new_anon(Mm& mm, const Vma& area, Pfn p, VirtAddr address) const {
    m_c.set_flags(p, bit(PageFlag::swapbacked) | pg_anon_exclusive);
    m_c.state.mappings.set(p, {MappingKind::anon, area.anon_vma, no_id, area.index_of(address)});
    add_anon(mm, p, true);
}

void Rmap::add_anon(Mm& mm, Pfn p, bool exclusive) const {
    PageColumns& pages = m_c.columns();
    change_mapcount(pages, p, 1, m_c.trace);
    if (pages.mapcount(p) == 0) ++m_c.counters(p).nr_anon_mapped;
    if (exclusive) m_c.set_flags(p, pg_anon_exclusive);
    ++mm.count(Rss::anon);
    mm.hiwater_rss = std::max(mm.hiwater_rss, mm.resident());
}

void Rmap::add_file(Mm& mm, Pfn p) const {
    PageColumns& pages = m_c.columns();
    change_mapcount(pages, p, 1, m_c.trace);
    if (pages.mapcount(p) == 0) ++m_c.counters(p).nr_file_mapped;
    ++mm.count(Rss::file);
    mm.hiwater_rss = std::max(mm.hiwater_rss, mm.resident());
}

void Rmap::remove(Mm& mm, const Vma& area, Pfn p) const {
    PageColumns& pages = m_c.columns();
    const bool anon = page_anon(m_c.state, p);
    change_mapcount(pages, p, -1, m_c.trace);
    if (pages.mapcount(p) < 0) {
        --(anon ? m_c.counters(p).nr_anon_mapped : m_c.counters(p).nr_file_mapped);
        if (m_c.state.is_huge(p)) deferred_split_huge_page(m_c, m_c.state.folio_of(p));
    }
    --mm.count(anon ? Rss::anon : Rss::file);
    if (!(area.flags & vma::locked) || m_c.state.is_huge(p)) return;  // munlock_vma_page()
    const std::vector<MappedAt> left = walk(p);
    if (std::none_of(left.begin(), left.end(), [this](const MappedAt& place) {
            return (m_c.state.mm(place.mm).areas.at(place.area).flags & vma::locked) != 0;
        }))
        set_mlocked(m_c, p, false);
}

bool Rmap::mkclean(Pfn p) const {
    if (m_c.columns().mapcount(p) < 0) return false;
    bool was_dirty = false;
    const UserTables tables(m_c);
    for (const MappedAt& place : walk(p)) {
        if (!(m_c.state.mm(place.mm).areas.at(place.area).flags & vma::shared)) continue;
        UserPte pte = decode(m_c.paging(), place.at.entry);
        if (!pte.dirty && !pte.writable) continue;
        pte.dirty = pte.writable = false;
        tables.set(place.at, encode(m_c.paging(), pte));
        was_dirty = true;
    }
    return was_dirty;
}

std::vector<MappedAt> rmap_walk(const MmState& state, Pfn p) {
    const Paging& paging = paging_of(state.layout.paging);
    const Pfn folio = state.folio_of(p);
    const NrPages n = state.folio_pages(p);
    std::vector<MappedAt> out;
    const PageMapping& mapping = state.mappings[folio];
    const std::map<MmId, unsigned>* mms = nullptr;
    const bool of_anon_vma = mapping.kind == MappingKind::anon || mapping.kind == MappingKind::hugetlb;
    if (of_anon_vma) {
        const auto anon = state.anon_vmas->find(mapping.id);
        if (anon != state.anon_vmas->end()) mms = &anon->second.mms;
    } else if (mapping.kind == MappingKind::file) {
        mms = &state.file(mapping.id).mms;
    }
    if (!mms) return out;
    for (const auto& [id, count] : *mms) {
        const Mm& mm = state.mm(id);
        for (const auto& [start, area] : mm.areas) {
            const bool ours = of_anon_vma ? area.has_chain(mapping.id) : area.file == mapping.id;
            const VirtRange range = ours ? area.addresses_of(mapping.index, n) : VirtRange{};
            if (range.empty()) continue;
            each_entry(state, mm, range, [&, mm_id = id, begin = start](VirtAddr address, const EntryAt& at) {
                if (!paging.present(at.entry)) return;
                const Pfn mapped = decode(paging, at.entry, at.level).pfn;
                if (mapped >= folio && mapped < folio + n) out.push_back({mm_id, begin, address, at});
            });
        }
    }
    return out;
}

}  // namespace mm
