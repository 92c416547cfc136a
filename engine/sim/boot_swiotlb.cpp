// SPDX-License-Identifier: GPL-3.0-or-later
// Software IO TLB: bounce buffers below 4 GiB for devices that cannot address all memory.
// Follows kernel/dma/swiotlb.c and arch/x86/kernel/pci-dma.c, Linux 6.1.
#include <fmt/format.h>

#include <algorithm>

#include "engine/firmware/command_line.h"
#include "engine/sim/boot_context.h"

namespace mm {
namespace {

constexpr Bytes slab_size = 2 * KiB;
constexpr std::uint64_t default_slabs = 64 * MiB / slab_size, segment = 128, min_slabs = MiB / slab_size;
constexpr PhysAddr low_limit = 0xffffffff;  // ARCH_LOW_ADDRESS_LIMIT

/// swiotlb=<slabs>[,<areas>][,force|noforce]; iommu=off switches the buffers off too.
struct SwiotlbParam {
    std::uint64_t slabs = default_slabs, areas = 0;
    bool force = false, off = false;
};

SwiotlbParam swiotlb_param(std::string_view command_line) {
    SwiotlbParam out;
    const auto iommu = find_param(command_line, "iommu");
    const bool no_iommu = iommu && iommu->starts_with("off");
    const auto text = find_param(command_line, "swiotlb");
    std::string_view rest = text ? std::string_view(*text) : std::string_view();
    const auto digit = [&] { return !rest.empty() && rest[0] >= '0' && rest[0] <= '9'; };
    const auto comma = [&] {
        if (rest.starts_with(',')) rest.remove_prefix(1);
    };
    if (digit()) out.slabs = align_up(std::min<std::uint64_t>(simple_strtoull(rest, &rest), 1 << 20), segment);
    comma();
    if (digit()) out.areas = simple_strtoull(rest, &rest);
    comma();
    out.force = rest == "force";
    out.off = rest == "noforce" || (no_iommu && !out.force);
    return out;
}

/// max_possible_pfn: with memory that may be plugged in later, as far as SRAT names it.
Pfn max_possible_pfn(const BootContext& c) {
    Pfn most = c.state.max_pfn;
    if (c.state.numa.dummy && find_param(c.machine.command_line, "numa") == "off") return most;
    for (const SratMemory& memory : c.machine.srat_memory)
        most = std::max(most, pfn_up(memory.range.end - 1));
    return most;
}

}  // namespace

namespace boot {

void swiotlb_init(BootContext& c) {
    const SwiotlbParam param = swiotlb_param(c.machine.command_line);
    if (param.off || (!param.force && max_possible_pfn(c) <= pfn_down(4 * GiB))) return;
    constexpr std::string_view caller = "swiotlb_init_remap|swiotlb_memblock_alloc";
    std::uint64_t areas = 1;
    while (areas < (param.areas ? std::min<std::uint64_t>(param.areas, 1024) : c.machine.possible_cpus))
        areas *= 2;
    c.trace.printk(fmt::format("software IO TLB: area num {}.", areas));
    MemblockRequest request{.align = page_size, .end = low_limit, .owner = "swiotlb bounce buffer", .caller = caller};
    std::uint64_t slabs = std::max(param.slabs, areas * segment);
    PhysAddr at = 0;
    for (;; slabs = align_up(slabs / 2, segment)) {
        request.size = align_up(slabs * slab_size, page_size);
        at = c.boot_memblock().alloc(request);
        if (at) break;
        c.trace.printk(fmt::format("software IO TLB: swiotlb_memblock_alloc: Failed to allocate {} bytes tlb structure",
                                   request.size));
        if (slabs <= min_slabs) return;
    }
    c.state.swiotlb = {at, at + slabs * slab_size};
    c.alloc_or_panic({.size = align_up(slabs * c.profile.structs.io_tlb_slot, page_size),
                      .align = page_size,
                      .owner = "swiotlb slots",
                      .caller = caller});
    c.alloc_small(areas * c.profile.structs.io_tlb_area, "swiotlb areas", caller);
    if (c.profile.arch == Arch::arm64) pci_iommu_init(c);  // SWIOTLB_VERBOSE: told at once
}

void pci_iommu_init(BootContext& c) {
    const PhysRange& buffer = c.state.swiotlb;
    if (buffer.empty()) return;
    const KernelBuild& build = kernel_build_for(c.machine.banner, c.machine.arch);
    c.trace.printk(fmt::format("software IO TLB: mapped [mem {}-{}] ({}MB)", build.address(buffer.start),
                               build.address(buffer.end), buffer.size() / MiB));
}

}  // namespace boot
}  // namespace mm
