// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/profile/address_space.h"

#include <algorithm>
#include <array>

namespace mm {
namespace {

constexpr VirtAddr old_page_offset = 0xffff880000000000, page_offset_after_ldt = 0xffff888000000000;

// i386, Debian's configuration: 67 slots of APICs, KM_MAX_IDX 16 for each of 32 CPUs, MMCONFIG, two of GHES; behind the
// boot time mappings the write-protect test has one slot. Older kernels: KM_TYPE_NR 20, text poking.
constexpr unsigned i386_common = 68 + 3, i386_kmaps = 16, i386_boot = 8 * 64;
constexpr unsigned i386_old_common = 73, i386_old_kmaps = 20, i386_old_boot = 4 * 64;

constexpr std::array<AddressSpace, 7> spaces{{
    {.since = {2, 6, 25}, .page_offset = old_page_offset, .cpu_entry_area = false},
    {.since = {4, 8, 0}, .page_offset = old_page_offset, .cpu_entry_area = false, .moves_bases = true},
    {.since = {4, 15, 0},
     .page_offset = old_page_offset,
     .page_offset_la57 = 0xff10000000000000,
     .ldt = 0xfffffe8000000000,
     .ldt_la57 = 0xff90000000000000,
     .moves_bases = true},
    {.since = {4, 20, 0},
     .page_offset = page_offset_after_ldt,
     .page_offset_la57 = 0xff11000000000000,
     .ldt = old_page_offset,
     .ldt_la57 = 0xff10000000000000,
     .moves_bases = true},
    {.arch = Arch::i386,
     .since = {2, 6, 25},
     .page_offset = 0xc0000000,
     .cpu_entry_area = false,
     .fixmap_common = i386_old_common,
     .fixmap_kmaps = i386_old_kmaps,
     .fixmap_boot = i386_old_boot,
     .nr_cpus = 32},
    {.arch = Arch::i386,
     .since = {4, 19, 0},
     .page_offset = 0xc0000000,
     .fixmap_common = i386_common,
     .fixmap_kmaps = i386_kmaps,
     .fixmap_boot = i386_boot,
     .cpu_entry_area_pages = 43,
     .nr_cpus = 32,
     .ldt_remap = true},
    {.arch = Arch::arm64,
     .since = {5, 4, 0},
     .page_offset = 0xffff000000000000,
     .direct_map_size = 128 * TiB,
     .cpu_entry_area = false},
}};

}  // namespace

bool is_i386_split(VirtAddr page_offset, bool pae) {
    constexpr std::array<VirtAddr, 3> any{0xc0000000, 0x80000000, 0x40000000};
    constexpr std::array<VirtAddr, 2> without_pae{0xb0000000, 0x78000000};  // for all of 1 or 2 GiB as lowmem
    const auto among = [page_offset](const auto& list) {
        return std::find(list.begin(), list.end(), page_offset) != list.end();
    };
    return among(any) || (!pae && among(without_pae));
}

const AddressSpace& address_space_for(Arch arch, KernelVersion version) {
    const AddressSpace* best = nullptr;
    for (const AddressSpace& s : spaces)
        if (s.arch == arch && (!best || s.since <= version)) best = &s;  // rows of an architecture ascend
    return best ? *best : spaces.front();
}

}  // namespace mm
