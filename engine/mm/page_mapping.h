// SPDX-License-Identifier: GPL-3.0-or-later
// Of struct page what tells whose a page is: page->mapping, index and private, for pages of processes and of files.
//
//      anonymous    mapping = an anon_vma         index = page offset of its address     private = its swap slot
//      of a file    mapping = the address_space   index = page offset in the file
//      page table   the mm it belongs to          index = its level
//      hugetlb      an anon_vma, or free          index = page offset of its address
//      poisoned     nobody's: memory_failure()    index = 1: it was taken off a free list (MAGIC_HWPOISON)
//
// Follows include/linux/mm_types.h, Linux 6.1.
#pragma once

#include <optional>

#include "engine/types/page_column.h"

namespace mm {

using MmId = std::uint32_t;       ///< an mm_struct
using FileId = std::uint32_t;     ///< an inode with its address_space
using AnonVmaId = std::uint32_t;  ///< an anon_vma
using SwapSlot = std::uint32_t;   ///< swp_entry_t: the slot of the swap area
inline constexpr std::uint32_t no_id = 0xffffffff;

enum class MappingKind : std::uint8_t { none, anon, file, table, poisoned, hugetlb };

struct PageMapping {
    MappingKind kind = MappingKind::none;
    std::uint32_t id = no_id;
    std::uint32_t swap = no_id;  ///< of a page in the swap cache: its slot
    std::uint64_t index = 0;
    friend bool operator==(const PageMapping&, const PageMapping&) = default;
};

/// By frame. Frames in a row whose indices are, as a huge page's, take the room of one where they fill a unit; one of
/// them set otherwise breaks it up.
///
///      frame      0 .. 511            512 .. 1023                  1024 ..
///      singles    [ one for each ]    nothing                      nothing
///      runs                           anon 7, index 4096 and on
class PageMappings {
public:
    using Singles = PageColumn<PageMapping>;

    PageMapping operator[](Pfn p) const {
        const std::optional<PageMapping>& run = m_runs[p / unit];
        return run ? at(*run, p) : m_singles[p];
    }
    void set(Pfn p, const PageMapping& mapping) {
        if ((*this)[p] == mapping) return;
        break_up(p / unit);
        m_singles.set(p, mapping);
    }
    void set_id(PfnRange frames, std::uint32_t id);
    void set_swap(Pfn p, SwapSlot slot);
    /// The first frame's mapping; each further index is one more.
    void set_run(PfnRange frames, const PageMapping& first);
    /// Nobody has them any more.
    void reset(PfnRange frames);
    /// Calls visit(frame, mapping) for each frame that may have an owner, singles first.
    template<class Visit>
    void each(Visit visit) const {
        m_singles.each(visit);
        m_runs.each([&](Pfn i, const std::optional<PageMapping>& run) {
            for (Pfn p = i * unit; run && p < (i + 1) * unit; ++p)
                visit(p, at(*run, p));
        });
    }

private:
    static constexpr Pfn unit = Singles::piece_size;
    static PageMapping at(PageMapping run, Pfn p) {
        run.index += p % unit;
        return run;
    }
    void break_up(Pfn i);

    Singles m_singles;
    PageColumn<std::optional<PageMapping>> m_runs;  ///< by unit
};

}  // namespace mm
