// SPDX-License-Identifier: GPL-3.0-or-later
// enum pageflags by name, and the flags word of struct page with section, node and zone in its upper bits.
//
//      63        54 53  51 50          30 29 ... 25 24 ......... 0
//      [  node 10 ][zone 3][lastcpupid 21][ unused  ][ PG_* flags  ]      x86_64, SPARSEMEM_VMEMMAP, 6.1 (section width
//      0)
//
// Follows include/linux/page-flags.h and page-flags-layout.h, Linux 6.1 (Debian's configuration). PageBuddy is a
// page_type in the _mapcount union, not a flag: see PageState in page_columns.h.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/types/units.h"

namespace mm {

enum class PageFlag : unsigned {
    locked,
    referenced,
    uptodate,
    dirty,
    lru,
    active,
    workingset,
    waiters,
    error,
    slab,
    owner_priv_1,
    arch_1,
    reserved,
    private_,
    private_2,
    writeback,
    head,
    mappedtodisk,
    reclaim,
    swapbacked,
    unevictable,
    mlocked,
    uncached,
    hwpoison,
    young,
    idle,
};
inline constexpr unsigned nr_page_flags = 26;
inline constexpr std::array<std::string_view, nr_page_flags> page_flag_names{
    "locked",    "referenced", "uptodate", "dirty",        "lru",     "active",     "workingset",
    "waiters",   "error",      "slab",     "owner_priv_1", "arch_1",  "reserved",   "private",
    "private_2", "writeback",  "head",     "mappedtodisk", "reclaim", "swapbacked", "unevictable",
    "mlocked",   "uncached",   "hwpoison", "young",        "idle"};

constexpr std::uint32_t bit(PageFlag f) {
    return std::uint32_t{1} << static_cast<unsigned>(f);
}

/// _PGMT_MASK of x86: how the direct map caches the page (pat/pat_state.h).
inline constexpr std::uint32_t memory_type_flags = bit(PageFlag::uncached) | bit(PageFlag::arch_1);

inline constexpr unsigned nodes_pgshift = 54, nodes_width = 10, zones_pgshift = 51, zones_width = 3;

/// The word as struct page holds it.
constexpr std::uint64_t flags_word(std::uint32_t flags, Nid nid, unsigned zone) {
    return flags | (std::uint64_t{zone} << zones_pgshift) | (static_cast<std::uint64_t>(nid) << nodes_pgshift);
}

/// What has changed, as the kernel's functions: "SetPageUptodate, ClearPageLocked". Two bits have other names of pages
/// that are swapped (PG_swapbacked): PageSwapCache for owner_priv_1, PageAnonExclusive for mappedtodisk.
std::string flag_calls(std::uint32_t before, std::uint32_t after);

/// "reserved" or "uptodate|lru|active"; "" for none.
std::string flag_names(std::uint32_t flags, std::string_view separator = "|");

}  // namespace mm
