// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/areas.h"

#include <algorithm>

#include "engine/mm/huge_memory.h"
#include "engine/mm/hugetlb.h"

namespace mm {
namespace {

constexpr Bytes stack_guard_gap = 256 * page_size, stack_limit = 8 * MiB, lowest_address = 64 * KiB;  // mmap_min_addr

NrPages pages_of(VirtRange r) {
    return r.size() >> page_shift;
}

}  // namespace

const Vma* find_vma(const Mm& mm, VirtAddr address) {
    auto it = mm.areas.upper_bound(address);
    if (it != mm.areas.begin())
        if (const auto before = std::prev(it); before->second.range.end > address) it = before;
    return it == mm.areas.end() ? nullptr : &it->second;
}

std::optional<VirtAddr> Areas::unmapped_area(const Mm& mm, Bytes size) const {
    // vm_start_gap(): a stack keeps room below it.
    const auto start_of = [](const Vma& a) {
        return a.flags & vma::growsdown ? a.range.start - std::min(a.range.start, stack_guard_gap) : a.range.start;
    };
    VirtAddr above = mm.mmap_base;
    for (auto it = mm.areas.rbegin(); it != mm.areas.rend(); ++it) {
        if (above > it->second.range.end && above - it->second.range.end >= size) return above - size;
        above = std::min(above, start_of(it->second));
    }
    if (above > lowest_address && above - lowest_address >= size) return above - size;
    VirtAddr below = m_c.state.layout.task_size / 3 & ~(page_size - 1);  // TASK_UNMAPPED_BASE
    for (const auto& [start, area] : mm.areas) {
        if (start_of(area) > below && start_of(area) - below >= size) return below;
        below = std::max(below, area.range.end);
    }
    if (m_c.state.layout.task_size - below >= size) return below;
    return std::nullopt;
}

bool Areas::can_merge(const Vma& a, const Vma& b) const {
    if (a.range.end != b.range.start || a.flags != b.flags || a.file != b.file || a.name != b.name) return false;
    if ((a.flags & (vma::special | vma::dontexpand)) || b.pgoff != a.index_of(b.range.start)) return false;
    if (a.anon_vma == b.anon_vma) return true;
    if (a.anon_vma != no_id && b.anon_vma != no_id) return false;
    return (a.anon_vma != no_id ? a : b).chain.size() == 1;  // is_mergeable_anon_vma()
}

/// __vma_adjust(): a takes b's addresses over.
Areas::Place Areas::join(Mm& mm, Place a, Place b) const {
    Vma& left = a->second;
    Vma& right = b->second;
    left.range.end = right.range.end;
    if (left.anon_vma == no_id) {
        left.anon_vma = right.anon_vma;
        left.chain = std::move(right.chain);
    } else {
        m_rmap.unlink(mm.id, right);
    }
    m_rmap.unlink_file(mm.id, right);
    if (left.at && right.at)
        m_c.free_object(MmObject::vm_area_struct, *right.at);
    else if (right.at)
        left.at = right.at;
    mm.areas.erase(b);
    return a;
}

Areas::Place Areas::merge(Mm& mm, Place area) const {
    if (const auto next = std::next(area); next != mm.areas.end() && can_merge(area->second, next->second))
        area = join(mm, area, next);
    if (area != mm.areas.begin())
        if (const auto before = std::prev(area); can_merge(before->second, area->second)) return join(mm, before, area);
    return area;
}

std::optional<VirtAddr> Areas::map(Mm& mm, Vma area) const {
    if (!unmap(mm, area.range)) return std::nullopt;
    const VirtAddr start = area.range.start;
    const auto next = mm.areas.lower_bound(start);
    const bool merges = (next != mm.areas.end() && can_merge(area, next->second)) ||
                        (next != mm.areas.begin() && can_merge(std::prev(next)->second, area));
    if (!merges) {
        area.at = m_c.alloc_object(MmObject::vm_area_struct);
        if (!area.at) return std::nullopt;
    }
    mm.total_vm += pages_of(area.range);
    if (area.flags & vma::locked) mm.locked_vm += pages_of(area.range);
    m_rmap.link_file(mm.id, area);
    merge(mm, mm.areas.emplace(start, std::move(area)).first);
    return start;
}

bool Areas::split(Mm& mm, VirtAddr at) const {
    auto it = mm.areas.upper_bound(at);
    if (it == mm.areas.begin()) return true;
    Vma& left = (--it)->second;
    if (at <= left.range.start || at >= left.range.end) return true;
    Vma right = left;
    right.at = m_c.alloc_object(MmObject::vm_area_struct);
    if (!right.at) return false;
    if (!m_rmap.clone_chain(mm.id, right, left)) {
        m_c.free_object(MmObject::vm_area_struct, *right.at);
        return false;
    }
    if (left.flags & vma::hugetlb) {
        const auto above = std::stable_partition(left.resv_used.begin(), left.resv_used.end(),
                                                 [at](VirtAddr start) { return start < at; });
        right.resv_used.assign(above, left.resv_used.end());
        left.resv_used.erase(above, left.resv_used.end());
    } else {
        HugeMemory(m_c).split_pmd_at(mm, at);  // vma_adjust_trans_huge()
    }
    right.pgoff = left.index_of(at);
    right.range.start = at;
    left.range.end = at;
    m_rmap.link_file(mm.id, right);
    mm.areas.emplace(at, std::move(right));
    return true;
}

void Areas::drop(Mm& mm, Vma& area) const {
    mm.total_vm -= pages_of(area.range);
    if (area.flags & vma::locked) mm.locked_vm -= pages_of(area.range);
    m_rmap.unlink_file(mm.id, area);
    Hugetlb(m_c).close(area);
    if (area.at) m_c.free_object(MmObject::vm_area_struct, *area.at);
}

bool Areas::unmap(Mm& mm, VirtRange range) const {
    const Vma* first = find_vma(mm, range.start);
    if (!first || first->range.start >= range.end) return true;
    if (!split(mm, range.start) || !split(mm, range.end)) return false;
    const auto begin = mm.areas.lower_bound(range.start), end = mm.areas.lower_bound(range.end);
    const VirtAddr floor = begin == mm.areas.begin() ? 0 : std::prev(begin)->second.range.end;
    const VirtAddr ceiling = end == mm.areas.end() ? ~VirtAddr{0} : end->second.range.start;
    MmuGather gather(m_c);
    for (auto it = begin; it != end; ++it)
        zap_range(m_c, mm, it->second, range, gather);
    for (auto it = begin; it != end; ++it)
        m_rmap.unlink(mm.id, it->second);
    UserTables(m_c).free_range(mm, range, floor, ceiling);
    gather.finish();
    for (auto it = begin; it != end; ++it)
        drop(mm, it->second);
    mm.areas.erase(begin, end);
    return true;
}

void Areas::unmap_all(Mm& mm) const {
    MmuGather gather(m_c);
    for (auto& [start, area] : mm.areas)
        zap_range(m_c, mm, area, area.range, gather);
    for (auto& [start, area] : mm.areas)
        m_rmap.unlink(mm.id, area);
    if (!mm.areas.empty())
        UserTables(m_c).free_range(mm, {mm.areas.begin()->second.range.start, mm.areas.rbegin()->second.range.end}, 0,
                                   ~VirtAddr{0});
    gather.finish();
    for (auto& [start, area] : mm.areas)
        drop(mm, area);
    mm.areas.clear();
}

/// Areas in the range, cut at its ends, are changed one by one and merged with what is then alike.
template<class Change>
bool Areas::change(Mm& mm, VirtRange range, Change change) const {
    VirtAddr at = range.start;
    while (at < range.end) {
        const Vma* area = find_vma(mm, at);
        if (!area || area->range.start >= range.end) return true;
        const VirtRange part = area->range.intersect(range);
        if (!split(mm, part.start) || !split(mm, part.end)) return false;
        const auto here = mm.areas.find(part.start);
        change(here->second);
        merge(mm, here);
        at = part.end;
    }
    return true;
}

bool Areas::protect(Mm& mm, VirtRange range, VmaFlags access) const {
    const UserTables tables(m_c);
    const Paging& paging = m_c.paging();
    return change(mm, range, [&](Vma& area) {
        area.flags = (area.flags & ~vma::access) | access;
        const bool shared = area.flags & vma::shared;
        tables.each(mm, area.range, [&](VirtAddr, const EntryAt& at) {  // change_pte_range()
            if (!paging.present(at.entry)) return;
            UserPte pte = decode(paging, at.entry, at.level);
            pte.executable = access & vma::exec;
            // A private page becomes writable with its next write, by a fault.
            pte.writable = pte.writable && shared && (access & vma::write);
            tables.set(at, encode(paging, pte, at.level));
        });
    });
}

bool Areas::set_locked(Mm& mm, VirtRange range, bool locked) const {
    return change(mm, range, [&](Vma& area) {
        if (((area.flags & vma::locked) != 0) == locked || (area.flags & vma::hugetlb)) return;
        area.flags ^= vma::locked;
        mm.locked_vm += locked ? pages_of(area.range) : -pages_of(area.range);
    });
}

bool Areas::set_hugepage(Mm& mm, VirtRange range, bool wanted) const {
    return change(mm, range, [&](Vma& area) {
        if (area.flags & (vma::special | vma::hugetlb)) return;
        area.flags &= ~(wanted ? vma::nohugepage : vma::hugepage);
        area.flags |= wanted ? vma::hugepage : vma::nohugepage;
    });
}

void Areas::dont_need(Mm& mm, VirtRange range) const {
    MmuGather gather(m_c);
    for (const auto& [start, area] : mm.areas)
        if (!area.range.intersect(range).empty() && !(area.flags & (vma::locked | vma::special)))
            zap_range(m_c, mm, area, range, gather);
    gather.finish();
}

bool Areas::expand_stack(Mm& mm, VirtAddr address) const {
    const VirtAddr start = align_down(address, page_size);
    auto it = mm.areas.upper_bound(address);
    if (it == mm.areas.end() || !(it->second.flags & vma::growsdown)) return false;
    Vma& stack = it->second;
    if (stack.range.end - start > stack_limit) return false;
    if (it != mm.areas.begin()) {
        const Vma& before = std::prev(it)->second;
        if (!(before.flags & vma::growsdown) && (before.flags & vma::access) &&
            start < before.range.end + stack_guard_gap)
            return false;
    }
    if (!m_rmap.prepare(mm, stack)) return false;
    const NrPages grown = (stack.range.start - start) >> page_shift;
    auto node = mm.areas.extract(it);
    node.key() = start;
    node.mapped().range.start = start;
    node.mapped().pgoff -= grown;
    if (node.mapped().flags & vma::locked) mm.locked_vm += grown;
    mm.areas.insert(std::move(node));
    mm.total_vm += grown;
    return true;
}

}  // namespace mm
