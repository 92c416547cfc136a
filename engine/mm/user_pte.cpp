// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/user_pte.h"

namespace mm {
namespace {

constexpr PtEntry x86_special = 0x200;
constexpr PtEntry arm64_user = 0x40, arm64_not_global = 0x800, arm64_dirty = PtEntry{1} << 55,
                  arm64_special = PtEntry{1} << 56, arm64_valid = 1;

bool has_nx(const Paging& paging) {
    return paging.entry_size == 8;
}

PtEntry x86_flags(const Paging& paging, const UserPte& pte) {
    PtEntry e = pte_present | pte_user;
    if (pte.writable) e |= pte_rw;
    if (pte.young) e |= pte_accessed;
    if (pte.dirty) e |= pte_dirty;
    if (pte.special) e |= x86_special;
    if (!pte.executable && has_nx(paging)) e |= pte_nx;
    return e;
}

/// Hardware clears the read-only bit of a writable entry at the first write: that is its dirty bit.
PtEntry arm64_flags(const UserPte& pte) {
    PtEntry e = arm64_valid | arm64_user | arm64_shared | arm64_not_global | arm64_pxn;
    if (pte.writable) e |= arm64_write;
    if (!pte.writable || !pte.dirty) e |= arm64_read_only;
    if (pte.young) e |= arm64_af;
    if (pte.dirty) e |= arm64_dirty;
    if (pte.special) e |= arm64_special;
    if (!pte.executable) e |= arm64_uxn;
    return e;
}

}  // namespace

PtEntry encode(const Paging& paging, const UserPte& pte, PtLevel level) {
    const PtEntry flags = paging.mode == PagingMode::arm64 ? arm64_flags(pte) : x86_flags(paging, pte);
    return paging.leaf_entry(phys_of(pte.pfn), level, flags);
}

UserPte decode(const Paging& paging, PtEntry e, PtLevel level) {
    UserPte pte;
    pte.pfn = pfn_down(paging.phys_in(e, level));
    if (paging.mode == PagingMode::arm64) {
        pte.writable = e & arm64_write;
        pte.executable = !(e & arm64_uxn);
        pte.dirty = e & arm64_dirty;
        pte.young = e & arm64_af;
        pte.special = e & arm64_special;
    } else {
        pte.writable = e & pte_rw;
        pte.executable = !has_nx(paging) || !(e & pte_nx);
        pte.dirty = e & pte_dirty;
        pte.young = e & pte_accessed;
        pte.special = e & x86_special;
    }
    return pte;
}

namespace {

constexpr unsigned inverted_shift = 9, type_bits = 5;     // x86 with entries of 8 bytes: ~offset in bits 9 .. 58
constexpr unsigned i386_shift = 9, arm64_swap_shift = 8;  // plain offset above type and flags

/// Where the type of a swap entry stands.
unsigned type_shift(const Paging& paging) {
    if (paging.mode == PagingMode::arm64) return 3;
    return paging.mode == PagingMode::i386 ? 1 : 64 - type_bits;
}

PtEntry swap_entry(const Paging& paging, unsigned type, PtEntry offset) {
    const PtEntry of_type = PtEntry{type} << type_shift(paging);
    if (paging.mode == PagingMode::arm64) return of_type | offset << arm64_swap_shift;
    if (paging.mode == PagingMode::i386) return of_type | offset << i386_shift;
    return of_type | (~offset << (inverted_shift + type_bits) >> type_bits);
}

PtEntry offset_of(const Paging& paging, PtEntry e) {
    if (paging.mode == PagingMode::arm64) return e >> arm64_swap_shift;
    if (paging.mode == PagingMode::i386) return e >> i386_shift;
    return ~e << type_bits >> (inverted_shift + type_bits);
}

}  // namespace

PtEntry encode_swap(const Paging& paging, SwapSlot slot) {
    return swap_entry(paging, 0, slot);
}

SwapSlot decode_swap(const Paging& paging, PtEntry e) {
    return static_cast<SwapSlot>(offset_of(paging, e));
}

PtEntry encode_hwpoison(const Paging& paging, Pfn pfn) {
    return swap_entry(paging, swp_hwpoison, pfn);
}

bool is_hwpoison(const Paging& paging, PtEntry e) {
    return (e >> type_shift(paging) & ((1U << type_bits) - 1)) == swp_hwpoison;
}

Pfn decode_hwpoison(const Paging& paging, PtEntry e) {
    return offset_of(paging, e);
}

PtEntry encode_table(const Paging& paging, Pfn table, PtLevel level) {
    return paging.table_entry(phys_of(table), level);
}

}  // namespace mm
