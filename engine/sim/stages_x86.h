// SPDX-License-Identifier: GPL-3.0-or-later
// The end of every x86 boot, 32 and 64 bits: what kernel_init_freeable() starts of the initcalls, and what is freed
// last. Follows init/main.c, Linux 6.1.
#pragma once

#include <algorithm>
#include <array>

#include "engine/sim/stage_table.h"

namespace mm {

// clang-format off
inline constexpr StageRow x86_late_rows[] = {
    {1, "futex_init",                       "kernel/futex/core.c",                    boot::futex_init},
    {1, "init_per_zone_wmark_min",          "mm/page_alloc.c",                        boot::init_per_zone_wmark_min},
    {1, "efi_free_boot_services",           "arch/x86/platform/efi/quirks.c",         boot::efi_free_boot_services},
    {1, "set_recommended_min_free_kbytes",  "mm/khugepaged.c",                        boot::set_recommended_min_free_kbytes},
    {1, "e820__reserve_resources_late",     "arch/x86/kernel/e820.c",                 boot::e820_reserve_resources_late},
    {1, "dquot_init",                       "fs/quota/dquot.c",                       boot::dquot_init},
    {1, "inet_init",                        "net/ipv4/af_inet.c",                     boot::inet_init},
    {1, "pci_iommu_init",                   "arch/x86/kernel/pci-dma.c",              boot::pci_iommu_init},
    {1, "free_initrd_mem",                  "arch/x86/mm/init.c",                     boot::free_initrd},
    {0, "free_initmem",                     "arch/x86/mm/init.c",                     boot::free_initmem},
};
// clang-format on

template<std::size_t A, std::size_t B>
constexpr std::array<StageRow, A + B> joined(const StageRow (&first)[A], const StageRow (&then)[B]) {
    std::array<StageRow, A + B> all{};
    std::copy_n(then, B, std::copy_n(first, A, all.begin()));
    return all;
}

}  // namespace mm
