// SPDX-License-Identifier: GPL-3.0-or-later
// What processes are: tasks, their address spaces with areas and page tables, the anon_vmas that find all who map a
// page. Values, copied with the machine's state and shared between copies until they change.
//
//      task 1042 "make" ──► mm ──► pgd ─► ... ─► PTE ─► frame 0x1a2b ──► anon_vma ──► who else maps it
//      task 1043 "cc1"  ──► mm     areas: [text r-x][data rw-][heap]  ...  [libc]  [stack]
//
// Follows include/linux/mm_types.h, sched.h and rmap.h, Linux 6.1.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/mm/file_state.h"
#include "engine/mm/hugetlb_state.h"
#include "engine/mm/lru.h"
#include "engine/mm/swap_state.h"
#include "engine/mm/thp_state.h"
#include "engine/pgtable/page_tables.h"
#include "engine/types/rng.h"

namespace mm {

using Pid = int;
using VmaFlags = std::uint64_t;
namespace vma {
inline constexpr VmaFlags read = 0x1, write = 0x2, exec = 0x4, shared = 0x8, mayread = 0x10, maywrite = 0x20,
                          mayexec = 0x40, mayshare = 0x80, growsdown = 0x100, locked = 0x2000, dontexpand = 0x40000,
                          account = 0x100000, hugetlb = 0x400000, special = 0x10000000, hugepage = 0x20000000,
                          nohugepage = 0x40000000;
/// HPAGE_RESV_OWNER, which the kernel keeps in vm_private_data: the pool has promised a page for each that is not used.
inline constexpr VmaFlags resv_owner = VmaFlags{1} << 62;
inline constexpr VmaFlags access = read | write | exec, may = mayread | maywrite | mayexec;
}  // namespace vma

/// anon_vma_chain: an area's link to an anon_vma whose pages may be in it.
struct AnonVmaLink {
    AnonVmaId id = no_id;
    PhysAddr at = 0;  ///< the object
    friend bool operator==(const AnonVmaLink&, const AnonVmaLink&) = default;
};

/// struct vm_area_struct.
struct Vma {
    VirtRange range;
    VmaFlags flags = 0;
    std::uint64_t pgoff = 0;  ///< of its start: in the file, or the address of anonymous memory, in pages
    FileId file = no_id;
    AnonVmaId anon_vma = no_id;       ///< where new anonymous pages of it belong to
    std::vector<AnonVmaLink> chain;   ///< that one and its forebears', since the process was forked
    std::vector<VirtAddr> resv_used;  ///< of huge pages by name: where the promise of the pool was used
    std::string name;                 ///< "[vdso]"; others are named by what they are
    std::optional<PhysAddr> at;       ///< the object

    std::uint64_t index_of(VirtAddr address) const { return pgoff + ((address - range.start) >> page_shift); }
    /// Of so many pages from that index on: those in the area.
    VirtRange addresses_of(std::uint64_t index, NrPages pages) const {
        const std::uint64_t first = std::max(index, pgoff),
                            end = std::min(index + pages, pgoff + (range.size() >> page_shift));
        if (first >= end) return {};
        return {range.start + ((first - pgoff) << page_shift), range.start + ((end - pgoff) << page_shift)};
    }
    bool is_anonymous() const { return file == no_id; }
    bool has_chain(AnonVmaId id) const {
        for (const AnonVmaLink& link : chain)
            if (link.id == id) return true;
        return false;
    }
    friend bool operator==(const Vma&, const Vma&) = default;
};

/// mm->rss_stat.
enum class Rss : std::uint8_t { file, anon, swap, shmem };

/// struct mm_struct.
struct Mm {
    MmId id = no_id;
    Pfn pgd = no_pfn;
    std::map<VirtAddr, Vma> areas;  ///< by start
    VirtAddr mmap_base = 0;
    VirtAddr start_code = 0, end_code = 0, start_data = 0, end_data = 0, start_brk = 0, brk = 0, start_stack = 0;
    NrPages total_vm = 0, locked_vm = 0;
    std::array<NrPages, 4> rss{};  ///< by Rss
    NrPages hiwater_rss = 0;
    Bytes pgtables = 0;   ///< mm_pgtables_bytes()
    NrPages hugetlb = 0;  ///< hugetlb_usage, in huge pages: no part of rss
    /// pmd_huge_pte: tables kept for the day a huge page is split, by the table that maps it; the first is next.
    std::map<Pfn, std::vector<Pfn>> deposits;
    bool huge_zero = false;  ///< MMF_HUGE_ZERO_PAGE
    std::string exe;         ///< mm->exe_file
    PhysAddr at = 0;         ///< the object

    NrPages& count(Rss kind) { return rss[static_cast<std::size_t>(kind)]; }
    NrPages count(Rss kind) const { return rss[static_cast<std::size_t>(kind)]; }
    /// get_mm_rss().
    NrPages resident() const { return count(Rss::file) + count(Rss::anon) + count(Rss::shmem); }
    friend bool operator==(const Mm&, const Mm&) = default;
};

/// A task_struct with its kernel stack: where it is, and the number under which its maker knows both.
struct TaskObject {
    PhysAddr at = 0;
    unsigned id = 0;
    friend bool operator==(const TaskObject&, const TaskObject&) = default;
};

/// struct task_struct.
struct Task {
    Pid pid = 0, parent = 0;
    std::string comm;
    MmId mm = no_id;
    int oom_score_adj = 0;
    std::uint64_t min_flt = 0, maj_flt = 0;
    TaskObject object;
    friend bool operator==(const Task&, const Task&) = default;
};

/// struct anon_vma.
struct AnonVma {
    unsigned areas = 0;            ///< that have it in their chain
    std::map<MmId, unsigned> mms;  ///< in which those areas are, and how many
    PhysAddr at = 0;               ///< the object
    friend bool operator==(const AnonVma&, const AnonVma&) = default;
};

/// What differs between machines.
struct MmLayout {
    PagingMode paging = PagingMode::x86_64;
    VirtAddr task_size = 0;  ///< TASK_SIZE: addresses of processes end here
    Order pgd_order = 0;     ///< PGD_ALLOCATION_ORDER
    unsigned vvar_pages = 4, vdso_pages = 2;
    unsigned swappiness = 60;
    ThpSettings thp;        ///< as they are at the start
    Order hpage_order = 9;  ///< HPAGE_PMD_ORDER, which follows from paging
    friend bool operator==(const MmLayout&, const MmLayout&) = default;
};

struct MmState {
    bool up = false;
    MmLayout layout;
    Pfn zero_page = no_pfn;  ///< what reads of untouched anonymous memory see
    Shared<std::map<MmId, Shared<Mm>>> mms;
    Shared<std::map<Pid, Task>> tasks;
    Shared<std::map<AnonVmaId, AnonVma>> anon_vmas;
    Shared<std::map<FileId, Shared<File>>> files;
    Shared<FileLists> file_lists;
    SwapState swap;
    PageMappings mappings;
    PageColumn<PhysAddr> buffers;  ///< page->private of a file's page with PG_private: its buffer_head
    PageColumn<std::optional<Shared<PtPage>>> tables;  ///< by frame of the table
    LruVecs lru;
    ThpState thp;
    HugetlbState hugetlb;
    MmEvents events;
    unsigned randomize_va_space = 0;  ///< how much of a new address space lies where chance puts it
    Rng random{1};                    ///< ... which is always the same
    std::uint64_t last_dirtied = 0;   ///< of files, what File::dirtied_when counts
    bool flusher_woken = false;       ///< too much is dirty: it writes when the command is over
    std::vector<Pid> dying;           ///< chosen by the OOM killer; they end with the command
    Pid current = 0;                  ///< whose system call or touch is on its way; 0: nobody's
    Pid last_pid = 0;
    MmId next_mm = 0;
    AnonVmaId next_anon_vma = 0;
    FileId next_file = 0;

    const Mm* mm_of(Pid pid) const;  ///< null: no such task
    bool is_dying(Pid pid) const { return std::find(dying.begin(), dying.end(), pid) != dying.end(); }
    const File* file_named(std::string_view path) const;  ///< null: it is not in memory
    const Mm& mm(MmId id) const { return *mms->at(id); }
    const File& file(FileId id) const { return *files->at(id); }
    NrPages hpage_nr() const { return NrPages{1} << layout.hpage_order; }  ///< HPAGE_PMD_NR
    const HugeFolio& huge_folio(Pfn p) const { return thp.folios[p >> layout.hpage_order]; }
    HugeFolio& edit_huge_folio(Pfn p) { return thp.folios.edit(p >> layout.hpage_order); }
    /// The frame is of a huge page that processes have; page_folio().
    bool is_huge(Pfn p) const { return huge_folio(p).here; }
    Pfn folio_of(Pfn p) const { return is_huge(p) ? align_down(p, hpage_nr()) : p; }
    NrPages folio_pages(Pfn p) const { return is_huge(p) ? hpage_nr() : 1; }
};

/// The frame is of huge_zero_page.
inline bool is_huge_zero_page(const MmState& state, Pfn p) {
    return state.thp.zero_page != no_pfn && p - state.thp.zero_page < state.hpage_nr();
}

/// find_vma(): the first area that ends above the address; null: none.
const Vma* find_vma(const Mm& mm, VirtAddr address);

}  // namespace mm
