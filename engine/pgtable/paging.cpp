// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/pgtable/paging.h"

#include <fmt/format.h>

#include <array>
#include <cassert>

namespace mm {
namespace {

using enum PtLevel;

constexpr std::array four_levels{PagingLevel{pgd, 39, 9, false, pgd}, PagingLevel{pud, 30, 9, true, pud},
                                 PagingLevel{pmd, 21, 9, true, pmd}, PagingLevel{pte, 12, 9, true, pte}};
constexpr std::array five_levels{PagingLevel{pgd, 48, 9, false, pgd}, PagingLevel{p4d, 39, 9, false, p4d},
                                 PagingLevel{pud, 30, 9, true, pud}, PagingLevel{pmd, 21, 9, true, pmd},
                                 PagingLevel{pte, 12, 9, true, pte}};
constexpr std::array two_levels{PagingLevel{pgd, 22, 10, true, pmd}, PagingLevel{pte, 12, 10, true, pte}};
constexpr std::array pae_levels{PagingLevel{pgd, 30, 2, false, pgd}, PagingLevel{pmd, 21, 9, true, pmd},
                                PagingLevel{pte, 12, 9, true, pte}};

const std::array<Paging, 5> modes{{
    {PagingMode::x86_64, "x86_64, 4 levels", 8, 48, four_levels},
    {PagingMode::x86_64_la57, "x86_64, 5 levels", 8, 57, five_levels},
    {PagingMode::i386, "i386, 2 levels", 4, 32, two_levels},
    {PagingMode::i386_pae, "i386 with PAE, 3 levels", 8, 32, pae_levels},
    {PagingMode::arm64, "arm64, 4 KiB pages, 48 bits, 4 levels", 8, 48, four_levels},
}};

constexpr PtEntry pse36_mask = 0x001fe000;  // bits 20..13 of a 4M leaf are address bits 39..32

struct BitName {
    PtEntry bit;
    const char* name;
};
constexpr std::array x86_bits{BitName{pte_rw, "RW"},    BitName{pte_user, "US"},    BitName{0x8, "PWT"},
                              BitName{0x10, "PCD"},     BitName{pte_accessed, "A"}, BitName{pte_dirty, "D"},
                              BitName{pte_global, "G"}, BitName{pte_nx, "NX"}};
constexpr std::array arm64_leaf_bits{BitName{0x40, "USER"},
                                     BitName{arm64_read_only, "RDONLY"},
                                     BitName{arm64_af, "AF"},
                                     BitName{0x800, "nG"},
                                     BitName{PtEntry{1} << 50, "GP"},
                                     BitName{arm64_write, "DBM"},
                                     BitName{PtEntry{1} << 52, "CONT"},
                                     BitName{arm64_pxn, "PXN"},
                                     BitName{arm64_uxn, "UXN"}};
constexpr PtEntry arm64_pxn_table = PtEntry{1} << 59, arm64_uxn_table = PtEntry{1} << 60;

std::vector<std::string> arm64_flag_names(PtEntry e, bool leaf, PtLevel level) {
    std::vector<std::string> names;
    if (!leaf) {
        names.emplace_back("TABLE");
        if (e & arm64_pxn_table) names.emplace_back("PXNTable");
        if (e & arm64_uxn_table) names.emplace_back("UXNTable");
        return names;
    }
    names.emplace_back(level == pte ? "PAGE" : "BLOCK");
    names.push_back(fmt::format("AttrIndx {}", (e >> 2) & 7));
    constexpr const char* shareability[] = {"", "?", "SH outer", "SH inner"};
    if (e & arm64_shared) names.emplace_back(shareability[(e >> 8) & 3]);
    for (const BitName& b : arm64_leaf_bits)
        if (e & b.bit) names.emplace_back(b.name);
    return names;
}

}  // namespace

std::string_view name_of(PtLevel level) {
    constexpr std::string_view names[] = {"?", "PTE", "PMD", "PUD", "P4D", "PGD"};
    return names[static_cast<std::size_t>(level)];
}

std::string_view name_of(PagingMode mode) {
    return paging_of(mode).name;
}

const Paging& paging_of(PagingMode mode) {
    return modes[static_cast<std::size_t>(mode)];
}

const PagingLevel& Paging::at(PtLevel level) const {
    // Up to the first folded level the place follows from the number.
    const std::size_t i = levels.size() - static_cast<std::size_t>(level);  // from the last up
    if (i < levels.size() && levels[i].level == level) return levels[i];
    for (const PagingLevel& l : levels)
        if (l.level == level) return l;
    assert(false && "the hardware has no such level");
    return levels.back();
}

const PagingLevel& Paging::below(PtLevel level) const {
    for (const PagingLevel& l : levels)
        if (l.level < level) return l;
    assert(false && "nothing is below the last level");
    return levels.back();
}

const PagingLevel& Paging::for_leaf(Bytes leaf_size) const {
    for (const PagingLevel& l : levels)
        if (l.leaf_allowed && l.span() <= leaf_size) return l;
    return levels.back();
}

unsigned Paging::index(VirtAddr virt, PtLevel level) const {
    const PagingLevel& l = at(level);
    return static_cast<unsigned>(virt >> l.shift) & (l.entries() - 1);
}

bool Paging::is_leaf(PtEntry e, PtLevel level) const {
    if (!present(e)) return false;
    if (level == pte) return true;
    return mode == PagingMode::arm64 ? !(e & arm64_table_bit) : at(level).leaf_allowed && (e & pte_pse);
}

PhysAddr Paging::phys_in(PtEntry e, PtLevel level) const {
    if (mode == PagingMode::arm64)
        return is_leaf(e, level) ? align_down(e & arm64_pfn_mask, at(level).span()) : e & arm64_pfn_mask;
    if (mode == PagingMode::i386) {
        if (level != pgd || !is_leaf(e, level)) return e & 0xfffff000;
        return (e & 0xffc00000) | ((e & pse36_mask) << 19);
    }
    return is_leaf(e, level) ? align_down(e & pte_pfn_mask, at(level).span()) : e & pte_pfn_mask;
}

PtEntry Paging::flags_in(PtEntry e) const {
    if (mode == PagingMode::arm64) return e & ~arm64_pfn_mask;
    if (mode == PagingMode::i386) return e & 0xfff;
    return e & ~pte_pfn_mask;
}

PtEntry Paging::leaf_entry(PhysAddr phys, PtLevel level, PtEntry flags) const {
    const PhysAddr frame = align_down(phys, at(level).span());
    if (mode == PagingMode::arm64)
        return frame | (level == pte ? flags | arm64_table_bit : flags & ~arm64_table_bit) | pte_present;
    const PtEntry sized = level == pte ? flags & ~pte_pse : flags | pte_pse;
    if (mode != PagingMode::i386) return frame | sized;
    return ((frame & 0xffffffff) | ((frame >> 19) & pse36_mask) | sized) & 0xffffffff;
}

PtEntry Paging::table_entry(PhysAddr table, PtLevel level) const {
    if (mode == PagingMode::arm64) return table | pte_present | arm64_table_bit | arm64_pxn_table | arm64_uxn_table;
    // A PDPT entry has no protection bits: one_md_table_init() sets the present bit alone.
    return table | (mode == PagingMode::i386_pae && level == pgd ? pte_present : page_table_flags);
}

PtEntry Paging::page_kernel_flags() const {
    if (mode == PagingMode::arm64) return arm64_page_kernel;
    return mode == PagingMode::i386 ? page_kernel & ~pte_nx : page_kernel;
}

VirtAddr Paging::canonical(VirtAddr bits) const {
    if (virtual_bits == 32) return bits & 0xffffffff;
    const VirtAddr high = ~VirtAddr{0} << virtual_bits;
    if (mode == PagingMode::arm64) return bits | high;  // these are TTBR1's tables
    return bits & (VirtAddr{1} << (virtual_bits - 1)) ? bits | high : bits & ~high;
}

std::string Paging::refusal(VirtAddr virt) const {
    if (virtual_bits == 32)
        return virt >> 32 ? fmt::format("{:#x} is above 4 GiB: i386 has 32-bit linear addresses", virt) : "";
    if (mode == PagingMode::arm64) {
        const VirtAddr high = virt >> virtual_bits;
        if (high == 0) return fmt::format("{:#x} belongs to TTBR0: user space, not the kernel's tables", virt);
        return high == 0xffff ? ""
                              : fmt::format(
                                    "{:#x} is translated by neither TTBR0 nor TTBR1: bits 63..48 must be "
                                    "all 0 or all 1",
                                    virt);
    }
    if (canonical(virt) == virt) return "";
    return fmt::format("{:#x} is not canonical: bits 63..{} must be equal; the CPU raises #GP", virt, virtual_bits - 1);
}

std::vector<std::string> flag_names(const Paging& paging, PtEntry e, PtLevel level) {
    if (!paging.present(e)) return {};
    const bool leaf = paging.is_leaf(e, level);
    if (paging.mode == PagingMode::arm64) return arm64_flag_names(e, leaf, level);
    std::vector<std::string> names{"P"};
    for (const BitName& b : x86_bits)
        if ((e & b.bit) && (leaf || b.bit != pte_global)) names.emplace_back(b.name);
    const PtEntry pat = level == pte ? pte_pse : PtEntry{0x1000};
    if (leaf && level != pte) names.emplace_back("PSE");
    if (leaf && (e & pat)) names.emplace_back("PAT");
    return names;
}

std::vector<FoldedLevel> folding(const Paging& paging) {
    std::vector<FoldedLevel> all;
    for (const PtLevel level : {pgd, p4d, pud, pmd, pte}) {
        bool real = false;
        for (const PagingLevel& l : paging.levels)
            real |= l.level == level;
        all.push_back({level, !real});
    }
    return all;
}

}  // namespace mm
