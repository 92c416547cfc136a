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
using PageMappings = PageColumn<PageMapping>;

}  // namespace mm
