// SPDX-License-Identifier: GPL-3.0-or-later
// /proc/PID/smaps and smaps_rollup: what an area has in memory, shared in proportion with all who map the same page.
// Follows fs/proc/task_mmu.c (smaps_account, __show_smap, show_smap_vma_flags), Linux 6.1.
#include <array>

#include "engine/mm/huge_folio.h"
#include "engine/mm/rmap.h"
#include "engine/snapshot/process_format.h"
#include "engine/snapshot/put.h"

namespace mm {
namespace {

constexpr unsigned pss_shift = 12;  // PSS_SHIFT: shares are kept in 4096ths of a byte

/// struct mem_size_stats, in bytes; what is a share in bytes << pss_shift.
struct MemSizeStats {
    Bytes size = 0, resident = 0, anonymous = 0, lazyfree = 0, anon_huge = 0, referenced = 0, swap = 0;
    Bytes shared_hugetlb = 0, private_hugetlb = 0;
    Bytes shared_clean = 0, shared_dirty = 0, private_clean = 0, private_dirty = 0;
    Bytes pss = 0, pss_anon = 0, pss_file = 0, pss_dirty = 0, pss_locked = 0, swap_pss = 0;
};

/// smaps_page_accumulate().
void accumulate(MemSizeStats& mss, bool anon, bool dirty, bool locked, std::int32_t mapped) {
    const Bytes pss = (page_size << pss_shift) / static_cast<Bytes>(std::max(mapped, 1));
    mss.pss += pss;
    (anon ? mss.pss_anon : mss.pss_file) += pss;
    if (locked) mss.pss_locked += pss;
    if (dirty) mss.pss_dirty += pss;
    const bool is_private = mapped < 2;
    if (dirty)
        (is_private ? mss.private_dirty : mss.shared_dirty) += page_size;
    else
        (is_private ? mss.private_clean : mss.shared_clean) += page_size;
}

/// smaps_pte_entry().
void account(const Snapshot& s, const Vma& area, const EntryAt& at, MemSizeStats& mss) {
    const MmState& state = s.state.processes;
    const Paging& paging = paging_of(state.layout.paging);
    if (!paging.present(at.entry)) {
        if (is_hwpoison(paging, at.entry)) return;
        mss.swap += page_size;
        const Bytes users = state.swap.map[decode_swap(paging, at.entry)];
        mss.swap_pss += (page_size << pss_shift) / std::max<Bytes>(users, 1);
        return;
    }
    const UserPte pte = decode(paging, at.entry, at.level);
    if (area.flags & vma::hugetlb) {  // smaps_hugetlb_range(): no part of Rss
        const bool shared = state.huge_folio(pte.pfn).compound_mapcount > 0;
        (shared ? mss.shared_hugetlb : mss.private_hugetlb) += paging.at(at.level).span();
        return;
    }
    if (pte.special || is_huge_zero_page(state, pte.pfn)) return;
    const Bytes bytes = paging.at(at.level).span();
    if (at.level != PtLevel::pte) mss.anon_huge += bytes;
    const std::uint32_t flags = s.pages.at(state.folio_of(pte.pfn)).flags;
    const bool anon = page_anon(state, pte.pfn), dirty = pte.dirty || (flags & bit(PageFlag::dirty)) != 0;
    mss.resident += bytes;
    if (anon) mss.anonymous += bytes;
    if (pte.young || (flags & bit(PageFlag::referenced))) mss.referenced += bytes;
    for (Pfn p = pte.pfn; p < pte.pfn + (bytes >> page_shift); ++p)
        accumulate(mss, anon, dirty, (area.flags & vma::locked) != 0, page_mapcount(state, p, s.pages.at(p).mapcount));
}

MemSizeStats stats_of(const Snapshot& s, const Mm& mm, const Vma& area) {
    MemSizeStats mss;
    mss.size = area.range.size();
    each_entry(s.state.processes, mm, area.range, [&](VirtAddr, const EntryAt& at) { account(s, area, at, mss); });
    return mss;
}

void add(MemSizeStats& sum, const MemSizeStats& one) {
    for (Bytes MemSizeStats::*const field :
         {&MemSizeStats::size, &MemSizeStats::resident, &MemSizeStats::anonymous, &MemSizeStats::lazyfree,
          &MemSizeStats::anon_huge, &MemSizeStats::referenced, &MemSizeStats::swap, &MemSizeStats::shared_clean,
          &MemSizeStats::shared_dirty, &MemSizeStats::private_clean, &MemSizeStats::private_dirty, &MemSizeStats::pss,
          &MemSizeStats::pss_anon, &MemSizeStats::pss_file, &MemSizeStats::pss_dirty, &MemSizeStats::pss_locked,
          &MemSizeStats::swap_pss, &MemSizeStats::shared_hugetlb, &MemSizeStats::private_hugetlb})
        sum.*field += one.*field;
}

void put_line(std::string& out, std::string_view name, Bytes bytes) {
    put(out, "{:<16}{:>8} kB\n", name, bytes / KiB);
}

/// __show_smap().
void put_stats(std::string& out, const MemSizeStats& mss, bool rollup) {
    put_line(out, "Rss:", mss.resident);
    put_line(out, "Pss:", mss.pss >> pss_shift);
    put_line(out, "Pss_Dirty:", mss.pss_dirty >> pss_shift);
    if (rollup) {
        put_line(out, "Pss_Anon:", mss.pss_anon >> pss_shift);
        put_line(out, "Pss_File:", mss.pss_file >> pss_shift);
        put_line(out, "Pss_Shmem:", 0);
    }
    put_line(out, "Shared_Clean:", mss.shared_clean);
    put_line(out, "Shared_Dirty:", mss.shared_dirty);
    put_line(out, "Private_Clean:", mss.private_clean);
    put_line(out, "Private_Dirty:", mss.private_dirty);
    put_line(out, "Referenced:", mss.referenced);
    put_line(out, "Anonymous:", mss.anonymous);
    put_line(out, "LazyFree:", mss.lazyfree);
    put_line(out, "AnonHugePages:", mss.anon_huge);
    put_line(out, "ShmemPmdMapped:", 0);
    put_line(out, "FilePmdMapped:", 0);
    put_line(out, "Shared_Hugetlb:", mss.shared_hugetlb);
    put(out, "Private_Hugetlb: {:>7} kB\n", mss.private_hugetlb / KiB);
    put_line(out, "Swap:", mss.swap);
    put_line(out, "SwapPss:", mss.swap_pss >> pss_shift);
    put_line(out, "Locked:", mss.pss_locked >> pss_shift);
}

/// show_smap_vma_flags(): in the order of the bits. The kernel's own areas have flags that follow from what they are
/// (_install_special_mapping(), arch/x86/entry/vdso/vma.c); soft-dirty are all areas from their beginning.
std::string vm_flags(const Vma& area, const KernelProfile& profile) {
    const bool special = (area.flags & vma::special) != 0, vvar = special && !(area.flags & vma::exec);
    const std::array<std::pair<bool, const char*>, 17> mnemonics{{
        {area.flags & vma::read, "rd"},
        {area.flags & vma::write, "wr"},
        {area.flags & vma::exec, "ex"},
        {area.flags & vma::shared, "sh"},
        {area.flags & vma::mayread, "mr"},
        {area.flags & vma::maywrite, "mw"},
        {area.flags & vma::mayexec, "me"},
        {area.flags & vma::mayshare, "ms"},
        {area.flags & vma::growsdown, "gd"},
        {vvar, "pf"},
        {area.flags & vma::locked, "lo"},
        {vvar, "io"},
        {special || (area.flags & vma::dontexpand), "de"},
        {area.flags & vma::account, "ac"},
        {area.flags & vma::hugetlb, "ht"},
        {vvar, "dd"},
        {has_soft_dirty(profile), "sd"},
    }};
    std::string out = "VmFlags: ";
    for (const auto& [is_set, name] : mnemonics)
        if (is_set) put(out, "{} ", name);
    return out + "\n";
}

}  // namespace

std::string print_smaps(const Snapshot& s, Pid pid) {
    const Mm* mm = s.state.processes.mm_of(pid);
    if (!mm) return {};
    std::string out;
    for (const auto& [start, area] : mm->areas) {
        const MemSizeStats mss = stats_of(s, *mm, area);
        out += maps_line(s, *mm, area);
        put_line(out, "Size:", mss.size);
        const Bytes unit = area.flags & vma::hugetlb ? s.state.processes.hpage_nr() * page_size : page_size;
        put_line(out, "KernelPageSize:", unit);
        put_line(out, "MMUPageSize:", unit);
        put_stats(out, mss, false);
        put(out, "THPeligible:    {}\n", 0);
        out += vm_flags(area, *s.profile);
    }
    return out;
}

std::string print_smaps_rollup(const Snapshot& s, Pid pid) {
    const Mm* mm = s.state.processes.mm_of(pid);
    if (!mm || mm->areas.empty()) return {};
    MemSizeStats sum;
    for (const auto& [start, area] : mm->areas)
        add(sum, stats_of(s, *mm, area));
    std::string out = rollup_line(s, *mm);
    put_stats(out, sum, true);
    return out;
}

}  // namespace mm
