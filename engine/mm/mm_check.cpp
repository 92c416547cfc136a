// SPDX-License-Identifier: GPL-3.0-or-later
// What must hold of processes, files and swap: each page table entry is counted where it is said to be, and nothing
// else is.
#include <fmt/format.h>

#include <unordered_map>

#include "engine/mm/buffer_head.h"
#include "engine/mm/huge_check.h"
#include "engine/mm/hugetlb_check.h"
#include "engine/mm/inode_cache.h"
#include "engine/mm/processes.h"
#include "engine/mm/user_pte.h"

namespace mm {
namespace {

/// What page tables, the page cache and the swap cache say of a frame.
struct Expected {
    std::int32_t maps = 0, caches = 0;
};

class Checker {
public:
    Checker(const MmState& state, const PageColumns& pages, const Zones& zones)
        : m_state(state),
          m_pages(pages),
          m_zones(zones),
          m_paging(paging_of(state.layout.paging)),
          m_huge(state, pages, zones),
          m_hugetlb(state, pages, zones) {}

    Broken run() {
        for (const auto& [id, mm] : *m_state.mms)
            if (Broken b = address_space(*mm)) return fmt::format("mm {} ({}): {}", id, mm->exe, *b);
        for (const auto& [id, file] : *m_state.files)
            if (Broken b = file_pages(*file)) return file->path + ": " + *b;
        if (Broken b = swap()) return "swap: " + *b;
        if (Broken b = frames()) return b;
        if (Broken b = m_huge.check()) return "huge pages: " + *b;
        if (Broken b = m_hugetlb.check()) return "hugetlb: " + *b;
        if (Broken b = anon_vmas()) return b;
        return check_lru(m_state.lru, m_pages, m_zones);
    }

private:
    Broken address_space(const Mm& mm) {
        VirtAddr end = 0;
        NrPages total = 0, locked = 0;
        for (const auto& [start, area] : mm.areas) {
            if (start != area.range.start || start < end || area.range.empty())
                return fmt::format("the area at {:#x} is out of place", start);
            end = area.range.end;
            total += area.range.size() >> page_shift;
            if (area.flags & vma::locked) locked += area.range.size() >> page_shift;
            for (const AnonVmaLink& link : area.chain)
                ++m_areas_of[link.id][mm.id];
            if (area.anon_vma != no_id && !area.has_chain(area.anon_vma))
                return "an area's anon_vma is not in its chain";
            if (area.file != no_id) ++m_maps_of[area.file][mm.id];
        }
        if (total != mm.total_vm || locked != mm.locked_vm)
            return fmt::format("areas have {} pages, {} locked; counted {} and {}", total, locked, mm.total_vm,
                               mm.locked_vm);
        m_rss = {};
        m_tables = 0;
        m_huge.enter(mm);
        ++m_known_tables;
        if (Broken b = table(mm, mm.pgd, 0, 0)) return b;
        if (Broken b = m_huge.check_deposits(m_tables)) return b;
        m_known_tables += m_huge.deposits();
        if (m_rss != mm.rss)
            return fmt::format("page tables map {} file, {} anonymous, {} swapped; counted {}, {}, {}", m_rss[0],
                               m_rss[1], m_rss[2], mm.rss[0], mm.rss[1], mm.rss[2]);
        if (Broken b = m_hugetlb.leave(mm)) return b;
        if (m_tables * page_size != mm.pgtables)
            return fmt::format("{} tables, {} bytes counted", m_tables, mm.pgtables);
        return std::nullopt;
    }

    Broken table(const Mm& mm, Pfn pfn, std::size_t depth, VirtAddr base) {
        const PagingLevel& level = m_paging.levels[depth];
        const auto& page = m_state.tables[pfn];
        if (!page) return fmt::format("{:#x} is no page table", pfn);
        for (unsigned i = 0; i < level.entries(); ++i) {
            const PtEntry e = (*page)->get(i, m_paging.entry_size);
            if (e == 0) continue;
            const VirtAddr address = base + i * level.span();
            if (level.level == PtLevel::pte) {
                if (Broken b = entry(mm, address, e)) return fmt::format("{:#x}: {}", address, *b);
                continue;
            }
            if (m_paging.is_leaf(e, level.level)) {
                if (Broken b = huge_entry(mm, address, e, level.level, pfn))
                    return fmt::format("{:#x}: {}", address, *b);
                continue;
            }
            ++m_tables, ++m_known_tables;
            if (Broken b = table(mm, pfn_down(m_paging.phys_in(e, level.level)), depth + 1, address)) return b;
        }
        return std::nullopt;
    }

    Broken huge_entry(const Mm& mm, VirtAddr address, PtEntry e, PtLevel level, Pfn table) {
        const Vma* area = find_vma(mm, address);
        if (!area || area->range.start > address || area->range.end - address < m_state.hpage_nr() << page_shift)
            return "a huge page is mapped outside all areas";
        const UserPte pte = decode(m_paging, e, level);
        if (area->flags & vma::hugetlb) return m_hugetlb.entry(*area, address, pte);
        if (Broken b = m_huge.entry(*area, address, pte, table)) return b;
        if (m_state.is_huge(pte.pfn)) m_rss[static_cast<std::size_t>(Rss::anon)] += m_state.hpage_nr();
        return std::nullopt;
    }

    Broken entry(const Mm& mm, VirtAddr address, PtEntry e) {
        const Vma* area = find_vma(mm, address);
        if (!area || area->range.start > address) return "mapped outside all areas";
        if (!m_paging.present(e)) {
            if (is_hwpoison(m_paging, e)) return std::nullopt;
            ++m_swapped[decode_swap(m_paging, e)];
            ++m_rss[static_cast<std::size_t>(Rss::swap)];
            return std::nullopt;
        }
        const UserPte pte = decode(m_paging, e);
        if (area->flags & vma::hugetlb) return "a small page in an area of huge ones";
        if (pte.special) return pte.writable ? Broken("the zero page is writable") : std::nullopt;
        ++m_frames[pte.pfn].maps;
        const PageMapping& m = m_state.mappings[pte.pfn];
        ++m_rss[static_cast<std::size_t>(m.kind == MappingKind::anon ? Rss::anon : Rss::file)];
        if (m.index != area->index_of(address)) return fmt::format("page {:#x} belongs to another place", pte.pfn);
        if (m.kind == MappingKind::anon ? !area->has_chain(m.id) : m.kind != MappingKind::file || m.id != area->file)
            return fmt::format("page {:#x} cannot be found from its mapping", pte.pfn);
        if (pte.writable && !(area->flags & vma::write)) return "writable in an area that is not";
        if (m_state.is_huge(pte.pfn)) m_huge.part_mapped(pte.pfn);
        if (pte.writable && m.kind == MappingKind::file && !(m_pages.flags(pte.pfn) & bit(PageFlag::dirty)))
            return fmt::format("page {:#x} of a file is writable and not dirty", pte.pfn);
        if (pte.writable && m.kind == MappingKind::anon && !(m_pages.flags(pte.pfn) & pg_anon_exclusive))
            return fmt::format("page {:#x} is writable and not this process's alone", pte.pfn);
        return std::nullopt;
    }

    Broken file_pages(const File& file) {
        NrPages pages = 0, dirty = 0;
        for (const auto& [chunk, node] : file.pages) {
            unsigned used = 0, shadows = 0;
            for (unsigned i = 0; i < xa_chunk; ++i) {
                const PageSlot slot = node->slots[i];
                shadows += slot.is_shadow();
                if (!slot.is_page()) continue;
                ++used;
                ++m_frames[slot.pfn()].caches;
                const PageMapping expected{MappingKind::file, file.id, no_id, chunk * xa_chunk + i};
                if (m_state.mappings[slot.pfn()] != expected)
                    return fmt::format("page {:#x} does not know it", slot.pfn());
                const std::uint32_t flags = m_pages.flags(slot.pfn());
                dirty += (flags & bit(PageFlag::dirty)) != 0;
                if ((flags & bit(PageFlag::dirty)) && !(flags & pg_private) && !file.fscache)
                    return fmt::format("page {:#x} is dirty and has no buffers", slot.pfn());
            }
            if (used != node->used || shadows != node->shadows || used + shadows == 0) return "a node is miscounted";
            pages += used;
        }
        if (pages != file.nrpages || dirty != file.dirty)
            return fmt::format("{} pages, {} dirty; counted {} and {}", pages, dirty, file.nrpages, file.dirty);
        return std::nullopt;
    }

    Broken swap() {
        NrPages inuse = 0;
        for (SwapSlot slot = 0; slot < m_state.swap.pages; ++slot) {
            const Pfn cached = m_state.swap.cache[slot];
            const auto counted = m_swapped.find(slot);
            if (m_state.swap.map[slot] != (counted == m_swapped.end() ? 0 : counted->second))
                return fmt::format("slot {} is counted wrong", slot);
            inuse += m_state.swap.map[slot] != 0 || cached != 0;
            if (cached == 0) continue;
            ++m_frames[cached - 1].caches;
            if (m_state.mappings[cached - 1].swap != slot) return fmt::format("slot {}: page {:#x}", slot, cached - 1);
        }
        if (inuse != m_state.swap.inuse)
            return fmt::format("{} slots are taken, {} counted", inuse, m_state.swap.inuse);
        return std::nullopt;
    }

    Broken frames() {
        std::vector<NodeCounters> counted(m_state.lru.size());
        for (const auto& [pfn, e] : m_frames) {
            if (m_state.is_huge(pfn)) continue;
            if (m_pages.mapcount(pfn) != e.maps - 1)
                return fmt::format("page {:#x} is mapped {} times, _mapcount {}", pfn, e.maps, m_pages.mapcount(pfn));
            const bool lost = is_lost(m_pages, pfn);  // memory_failure() holds it, off its list
            const std::int32_t known = e.maps + e.caches + private_references(m_pages, pfn) + lost;
            if (m_pages.refcount(pfn) != known)
                return fmt::format("page {:#x} has {} references, {} are known", pfn, m_pages.refcount(pfn), known);
            if (!page_lru(m_pages, pfn) && !lost) return fmt::format("page {:#x} is on no LRU list", pfn);
            NodeCounters& c = counted[static_cast<std::size_t>(m_zones.frames_of(pfn)->zone.nid)];
            const bool anon = m_state.mappings[pfn].kind == MappingKind::anon;
            if (e.maps > 0) ++(anon ? c.nr_anon_mapped : c.nr_file_mapped);
            c.nr_file_pages += static_cast<NrPages>(e.caches);
            if (anon) c.nr_swapcache += static_cast<NrPages>(e.caches);
        }
        NrPages owned = 0, tables = 0;
        Broken broken;
        std::vector<std::array<ZonePageCounters, nr_zone_types>> by_zone(m_state.lru.size());
        m_state.mappings.each([&](Pfn pfn, const PageMapping& m) {
            if (m.kind == MappingKind::table)
                ++tables;
            else if (m.kind != MappingKind::none)
                ++owned;
            if ((m.kind == MappingKind::anon || m.kind == MappingKind::file) && !m_frames.contains(pfn) &&
                !m_state.is_huge(pfn) && !broken)
                broken = fmt::format("page {:#x} has an owner that does not know it", pfn);
            if (m.kind == MappingKind::anon || m.kind == MappingKind::file)
                count_by_zone(by_zone, pfn, m.kind == MappingKind::file);
        });
        if (broken) return broken;
        if (tables != m_known_tables) return fmt::format("{} page tables, {} are reached", tables, m_known_tables);
        m_huge.add_mapped(counted);
        for (std::size_t nid = 0; nid < counted.size(); ++nid) {
            const NodeCounters &a = counted[nid], &b = m_state.lru[nid].counters;
            if (a.nr_anon_mapped != b.nr_anon_mapped || a.nr_file_mapped != b.nr_file_mapped ||
                a.nr_file_pages != b.nr_file_pages || a.nr_swapcache != b.nr_swapcache)
                return fmt::format("node {} counts {} anonymous, {} mapped of files, {} of files; there are {}, {}, {}",
                                   nid, b.nr_anon_mapped, b.nr_file_mapped, b.nr_file_pages, a.nr_anon_mapped,
                                   a.nr_file_mapped, a.nr_file_pages);
            if (by_zone[nid] != m_state.lru[nid].zone_counters)
                return fmt::format("node {} miscounts mlocked or dirty pages of a zone", nid);
        }
        return std::nullopt;
    }

    void count_by_zone(std::vector<std::array<ZonePageCounters, nr_zone_types>>& by_zone, Pfn pfn, bool of_file) const {
        const std::uint32_t flags = m_pages.flags(pfn);
        const ZoneRef zone = m_zones.frames_of(pfn)->zone;
        ZonePageCounters& counters = by_zone[static_cast<std::size_t>(zone.nid)][static_cast<std::size_t>(zone.type)];
        // A huge page is locked as a whole: its first frame says so.
        const bool tail = m_state.is_huge(pfn) && m_state.folio_of(pfn) != pfn;
        if (flags & bit(PageFlag::mlocked)) counters.nr_mlock += tail ? 0 : m_state.folio_pages(pfn);
        counters.nr_write_pending += of_file && (flags & bit(PageFlag::dirty)) != 0;
    }

    Broken anon_vmas() {
        if (m_areas_of.size() != m_state.anon_vmas->size()) return "an anon_vma is left behind";
        for (const auto& [id, anon] : *m_state.anon_vmas)
            if (m_areas_of[id] != anon.mms) return fmt::format("anon_vma {} miscounts its areas", id);
        for (const auto& [id, file] : *m_state.files)
            if (m_maps_of[id] != file->mms) return fmt::format("{} miscounts its areas", file->path);
        return std::nullopt;
    }

    const MmState& m_state;
    const PageColumns& m_pages;
    const Zones& m_zones;
    const Paging& m_paging;
    HugeChecker m_huge;
    HugetlbChecker m_hugetlb;
    std::unordered_map<Pfn, Expected> m_frames;
    std::unordered_map<SwapSlot, std::uint16_t> m_swapped;
    std::map<AnonVmaId, std::map<MmId, unsigned>> m_areas_of;
    std::map<FileId, std::map<MmId, unsigned>> m_maps_of;
    std::array<NrPages, 4> m_rss{};
    NrPages m_tables = 0, m_known_tables = 0;
};

}  // namespace

Broken check_mm(const MmState& state, const PageColumns& pages, const Zones& zones) {
    if (!state.up) return std::nullopt;
    if (Broken b = Checker(state, pages, zones).run()) return b;
    return check_file_lists(state);
}

Broken mm_owner_of(const MmState& state, Pfn pfn) {
    if (is_huge_zero_page(state, pfn)) return fmt::format("frame {:#x} is the huge page of zeros", pfn);
    const PageMapping& m = state.mappings[pfn];
    switch (m.kind) {
        case MappingKind::none:
            return std::nullopt;
        case MappingKind::table:
            return fmt::format("frame {:#x} is a page table of {}", pfn, state.mm(m.id).exe);
        case MappingKind::file:
            return fmt::format("frame {:#x} holds page {} of {}: drop_caches or an end of its file frees it", pfn,
                               m.index, state.file(m.id).path);
        case MappingKind::poisoned:
            return fmt::format("frame {:#x} is poisoned: unpoison_memory gives it back", pfn);
        case MappingKind::hugetlb:
            return fmt::format("frame {:#x} is of the pool of huge pages, which nr_hugepages sets", pfn);
        case MappingKind::anon:
            break;
    }
    return fmt::format("frame {:#x} is anonymous memory of a process, which frees it", pfn);
}

NrPages mm_pages(const MmState& state) {
    NrPages pages = state.thp.zero_page == no_pfn ? 0 : state.hpage_nr();
    state.mappings.each([&](Pfn, const PageMapping& m) {
        const bool top = m.kind == MappingKind::table &&
                         m.index == static_cast<std::uint64_t>(paging_of(state.layout.paging).top().level);
        if (m.kind != MappingKind::none) pages += top ? NrPages{1} << state.layout.pgd_order : 1;
    });
    return pages;
}

}  // namespace mm
