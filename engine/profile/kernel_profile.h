// SPDX-License-Identifier: GPL-3.0-or-later
// What differs between kernel versions and architectures, as data: one kernel version is one value of KernelProfile in
// profiles.cpp. Rooms ask the profile and never compare version numbers themselves.
//
// First and complete: x86_64, Linux 6.1 with Debian's configuration (SPARSEMEM_VMEMMAP, DEFERRED_STRUCT_PAGE_INIT,
// NODES_SHIFT 10, ZONE_DMA, ZONE_DMA32, ZONE_DEVICE). Others follow; profile_for() takes the nearest older one.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/types/units.h"

namespace mm {

struct KernelVersion {
    unsigned major = 0, minor = 0, patch = 0;
    friend constexpr auto operator<=>(KernelVersion, KernelVersion) = default;
    std::string text() const;  ///< "6.1.192", "6.1" with patch 0
};

/// First "N.N" or "N.N.N" in the text ("Linux version 6.1.0-56-amd64 (... Debian 6.1.192-2 ...)" is 6.1.0); {} if none.
KernelVersion parse_kernel_version(std::string_view text);

enum class Arch : std::uint8_t { x86_64, i386, arm64 };
std::string_view name_of(Arch);

struct KernelProfile {
    std::string_view name;  ///< "6.1"
    KernelVersion since;    ///< first version it describes
    Arch arch = Arch::x86_64;

    unsigned max_order = 11;          ///< MAX_ORDER: orders 0 .. max_order-1
    unsigned pageblock_order = 9;     ///< HUGETLB_PAGE_ORDER
    unsigned section_size_bits = 27;  ///< SECTION_SIZE_BITS: 128 MiB
    unsigned max_physmem_bits = 46;   ///< MAX_PHYSMEM_BITS, 4-level; max_arch_pfn = 2^(this - page_shift)
    unsigned max_physmem_bits_la57 = 52;
    Bytes struct_page_size = 64;        ///< sizeof(struct page)
    Bytes pgdat_size = 0;               ///< sizeof(pg_data_t), what alloc_node_data() asks for before rounding to pages
    Bytes mem_section_size = 32;        ///< sizeof(struct mem_section)
    Bytes mem_section_usage_base = 24;  ///< sizeof(struct mem_section_usage) without the pageblock bitmap
    unsigned nodes_shift = 10;
    bool deferred_struct_page_init = true;
    bool numa = true;

    Bytes trim_low_memory = 1 * MiB;     ///< setup_arch() reserves [0, this) after the real-mode trampoline
    Bytes early_reserve_low = 64 * KiB;  ///< early_reserve_memory()
    Bytes real_mode_size = 28672;        ///< real_mode_size_needed()
    unsigned init_pgt_buf_pages = 16;    ///< INIT_PGT_BUF_SIZE / PAGE_SIZE (5LEVEL, RANDOMIZE_MEMORY), tables from brk
    Bytes brk_size = 0;                  ///< _end - __brk_base
    Bytes brk_used = 0;                  ///< of it by reserve_brk(): INIT_PGT_BUF_SIZE and DMI strings (QEMU: 4 KiB)
    Bytes default_text_start = 0x1000000;  ///< CONFIG_PHYSICAL_START
    Bytes log_buf_size = 128 * KiB;        ///< CONFIG_LOG_BUF_SHIFT 17
    unsigned nr_cpus_config = 8192;        ///< CONFIG_NR_CPUS
};

std::span<const KernelProfile> all_profiles();
/// The profile of the architecture with the newest "since" that is not newer than the version; the oldest if all are.
const KernelProfile& profile_for(Arch arch, KernelVersion version);

}  // namespace mm
