// SPDX-License-Identifier: GPL-3.0-or-later
// Page tables read out of a running machine (QEMU's "info tlb"), and how far the computed ones agree with them.
//
//      ffff888001000000-ffff888001dfffff -> 0000000001000000 2M XGP------
//      first            last                physical         leaf, flags: X no-execute G global P large D A C T U W
//
// A running kernel has changed what it built at boot: it splits large leaves and takes permissions away. Each such
// change is told by the kernel function that makes it; what no function explains is a difference.
#pragma once

#include <array>
#include <istream>

#include "engine/pgtable/kernel_layout.h"
#include "engine/pgtable/page_tables.h"

namespace mm {

struct RealRange {
    VirtRange virt;
    PhysAddr phys = 0;
    Bytes leaf_size = 0;
    bool writable = false, no_execute = false, cache_disabled = false;
};

/// The ranges of a dump, ascending. Error: file and line, what was read, what was expected.
Outcome<std::vector<RealRange>> read_real_tables(std::istream& in, const std::string& file);

/// An area that the engine maps, and where it lies in the dump: KASLR moves areas as wholes, and where to shows only in
/// the running machine's tables.
struct AreaWindow {
    AreaKind kind = AreaKind::hole;
    std::string name;
    VirtAddr computed = 0, real = 0;
    Bytes size = 0;
    VirtAddr to_computed(VirtAddr real_virt) const { return real_virt - real + computed; }
};
std::vector<AreaWindow> area_windows(const std::vector<RealRange>& real, const LayoutInput& layout);

/// What became of one page (4 KiB).
enum class PageFate : std::uint8_t {
    equal,        ///< same frame, same leaf size, same protection
    text_ro,      ///< image text and rodata: mark_rodata_ro()
    split,        ///< same frame and protection, in a smaller leaf: a neighbour in the leaf was changed
    init_freed,   ///< the image's init memory and gaps: free_init_pages(), free_kernel_image_pages()
    module_text,  ///< read-only away from the image: text of modules, BPF, ftrace (set_memory_ro() and its alias)
    low_memory,   ///< below 1 MiB: set_real_mode_permissions(), pcibios' set_memory_x()
    cache_type,   ///< ioremap() of RAM's alias, set_memory_uc() and wc()
    later,        ///< mapped after boot: an area filled at run time, the memmap of memory that was added
    different,    ///< another frame, or a change that no function above makes
    missing,      ///< computed, not in the dump
    extra,        ///< in the dump, not computed
};
inline constexpr std::size_t page_fates = 11;
std::string_view name_of(PageFate fate);
/// The kernel function behind a fate; "" for equal and for differences.
std::string_view reason_of(PageFate fate);

struct AreaAgreement {
    std::string area;
    std::array<NrPages, page_fates> pages{};
    std::vector<std::string> first_differences;  ///< at most five, in words
    NrPages total() const;
    NrPages of(PageFate fate) const { return pages[static_cast<std::size_t>(fate)]; }
    NrPages unexplained() const { return of(PageFate::different) + of(PageFate::missing) + of(PageFate::extra); }
};

/// Page by page over all areas that either side maps.
std::vector<AreaAgreement> compare_tables(const PageTables& computed, const std::vector<RealRange>& real,
                                          const LayoutInput& computed_layout);

}  // namespace mm
