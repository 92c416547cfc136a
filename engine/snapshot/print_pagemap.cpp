// SPDX-License-Identifier: GPL-3.0-or-later
// /proc/PID/pagemap. Follows fs/proc/task_mmu.c (pte_to_pagemap_entry), Linux 6.1.
#include "engine/mm/huge_folio.h"
#include "engine/mm/rmap.h"
#include "engine/snapshot/process_format.h"
#include "engine/snapshot/put.h"

namespace mm {
namespace {

constexpr unsigned max_swapfiles_shift = 5;  // MAX_SWAPFILES_SHIFT: the area's number is below the slot
constexpr std::uint64_t pm_bit(unsigned n) {
    return std::uint64_t{1} << n;
}
constexpr std::uint64_t pm_soft_dirty = pm_bit(55), pm_mmap_exclusive = pm_bit(56), pm_file = pm_bit(61),
                        pm_swap = pm_bit(62), pm_present = pm_bit(63);
constexpr std::uint64_t pm_frame = pm_bit(55) - 1;

std::uint64_t soft_dirty(const Snapshot& s) {
    return has_soft_dirty(*s.profile) ? pm_soft_dirty : 0;
}

std::uint64_t entry_of(const Snapshot& s, const EntryAt& at, VirtAddr address) {
    const MmState& state = s.state.processes;
    const Paging& paging = paging_of(state.layout.paging);
    if (at.entry == 0) return 0;
    if (!paging.present(at.entry) && is_hwpoison(paging, at.entry))
        return pm_swap | swp_hwpoison | decode_hwpoison(paging, at.entry) << max_swapfiles_shift;
    if (!paging.present(at.entry)) return pm_swap | std::uint64_t{decode_swap(paging, at.entry)} << max_swapfiles_shift;
    const UserPte pte = decode(paging, at.entry, at.level);
    std::uint64_t entry = pm_present | (page_at(paging, at, address).pfn & pm_frame);
    if (pte.special) return entry;  // vm_normal_page(): no struct page is looked at
    if (!page_anon(state, pte.pfn)) entry |= pm_file;
    // Of a huge page the first frame speaks for all: pagemap_pmd_range().
    if (page_mapcount(state, pte.pfn, s.pages.at(pte.pfn).mapcount) == 1) entry |= pm_mmap_exclusive;
    return entry;
}

std::string words_of_entry(std::uint64_t entry) {
    std::string out;
    if (entry & pm_present)
        put(out, "frame {:#x}{}{}", entry & pm_frame, entry & pm_file ? ", of a file" : "",
            entry & pm_mmap_exclusive ? ", mapped once" : "");
    else if (entry & pm_swap && (entry & ((1U << max_swapfiles_shift) - 1)) == swp_hwpoison)
        put(out, "lost with its frame {:#x}", (entry & pm_frame) >> max_swapfiles_shift);
    else if (entry & pm_swap)
        put(out, "swapped, slot {}", (entry & pm_frame) >> max_swapfiles_shift);
    return out;
}

}  // namespace

std::uint64_t pagemap_entry(const Snapshot& s, const Mm& mm, VirtAddr address) {
    const Vma* area = find_vma(mm, address);
    if (!area || !area->range.contains(address)) return 0;
    return entry_of(s, find_entry(s.state.processes, mm, address), address) | soft_dirty(s);
}

std::string print_pagemap(const Snapshot& s, Pid pid) {
    const MmState& state = s.state.processes;
    const Mm* mm = state.mm_of(pid);
    std::string out;
    if (!mm) return out;
    const Paging& paging = paging_of(state.layout.paging);
    for (const auto& one : mm->areas)
        each_entry(state, *mm, one.second.range, [&, &range = one.second.range](VirtAddr first, const EntryAt& at) {
            const VirtAddr end = std::min(range.end, first + paging.at(at.level).span());
            for (VirtAddr a = first; a < end; a += page_size) {
                const std::uint64_t entry = entry_of(s, at, a) | soft_dirty(s);
                put(out, "{:012x} {:016x}  {}\n", a, entry, words_of_entry(entry));
            }
        });
    return out;
}

}  // namespace mm
