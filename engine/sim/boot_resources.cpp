// SPDX-License-Identifier: GPL-3.0-or-later
// Boot stages that turn the map into resources: /proc/iomem, nosave regions, the PCI gap.
// Follows arch/x86/kernel/e820.c, drivers/firmware/memmap.c, kernel/power/snapshot.c, Linux 6.1.
#include <fmt/format.h>

#include <algorithm>

#include "engine/sim/boot_context.h"

namespace mm {
namespace {

/// e820_type_to_string().
std::string iomem_name(E820Type type) {
    switch (type) {
        case E820Type::ram:
        case E820Type::reserved_kern:
            return "System RAM";
        case E820Type::acpi:
            return "ACPI Tables";
        case E820Type::nvs:
            return "ACPI Non-volatile Storage";
        case E820Type::unusable:
            return "Unusable memory";
        case E820Type::pram:
            return "Persistent Memory (legacy)";
        case E820Type::pmem:
            return "Persistent Memory";
        case E820Type::soft_reserved:
            return "Soft Reserved";
        case E820Type::reserved:
            return "Reserved";
        default:
            return "Unknown E820 type";
    }
}

/// What stolen RAM may hide behind the end of RAM: up to 64 KiB, 1 MiB or 64 MiB boundaries.
constexpr Bytes ram_alignment(PhysAddr pos) {
    return pos < MiB ? 64 * KiB : pos < 16 * MiB ? MiB : 64 * MiB;
}

/// A CPU that says it is virtual (X86_FEATURE_HYPERVISOR); the log shows it by the maker of the ACPI tables.
bool is_virtual(const Machine& machine) {
    constexpr std::string_view makers[] = {"BOCHS", "VBOX", "VRTUAL", "VMWARE", "PTLTD", "Xen", "GOOGLE", "AMAZON"};
    return std::any_of(std::begin(makers), std::end(makers),
                       [&](std::string_view maker) { return machine.acpi_maker.starts_with(maker); });
}

}  // namespace

void sort_iomem(std::vector<IomemEntry>& iomem) {
    std::stable_sort(iomem.begin(), iomem.end(), [](const IomemEntry& a, const IomemEntry& b) {
        return a.range.start != b.range.start ? a.range.start < b.range.start
               : a.range.end != b.range.end   ? a.range.end > b.range.end
                                              : a.depth < b.depth;
    });
}

namespace boot {

void e820_reserve_resources(BootContext& c) {
    const auto& entries = c.state.e820.entries();
    if (!entries.empty())
        c.alloc_small(c.profile.structs.resource * entries.size(), "iomem resources", "e820__reserve_resources");
    for (const E820Entry& e : entries)
        if (e.size != 0) c.state.iomem.push_back({{e.start, e.start + e.size}, iomem_name(e.type), 0});
    const KernelImage& image = c.machine.image;
    const std::pair<PhysRange, const char*> parts[] = {{image.res_code, "Kernel code"},
                                                       {image.res_rodata, "Kernel rodata"},
                                                       {image.res_data, "Kernel data"},
                                                       {image.res_bss, "Kernel bss"}};
    for (const auto& [range, name] : parts)
        if (!range.empty()) c.state.iomem.push_back({range, name, 1});
    sort_iomem(c.state.iomem);
    for (std::size_t i = 0; i < c.state.e820_firmware.entries().size(); ++i)
        c.alloc_small(c.profile.structs.firmware_map_entry, "firmware map", "firmware_map_add_early");
}

void register_nosave_regions(BootContext& c) {
    Pfn last_end = no_pfn;
    const auto add = [&](Pfn start, Pfn end) {
        if (start >= end) return;
        if (last_end != start)
            c.alloc_small(c.profile.structs.nosave_region, "nosave regions",
                          "register_nosave_region|__register_nosave_region");  // else the last one is extended
        last_end = end;
        const std::string title =
            fmt::format("PM: {}Registered nosave memory", c.profile.log.hibernation_prefix ? "hibernation: " : "");
        c.trace.printk(c.profile.log.mem_ranges
                           ? fmt::format("{}: [mem {:#010x}-{:#010x}]", title, phys_of(start), phys_of(end) - 1)
                           : fmt::format("{}: {:016x} - {:016x}", title, phys_of(start), phys_of(end)));
    };
    PhysAddr last = 0;
    for (const E820Entry& e : c.state.e820.entries()) {
        if (e.type != E820Type::ram && e.type != E820Type::reserved_kern) continue;
        if (last < e.start) add(pfn_down(last), pfn_up(e.start));
        last = e.start + e.size;
    }
    add(pfn_down(last), c.state.max_pfn);
}

void e820_setup_pci_gap(BootContext& c) {
    const PhysRange gap = c.state.e820.pci_gap();
    if (gap.empty()) return;
    c.trace.event({.kind = EventKind::kernel_note, .touched = gap},
                  "PCI devices get their addresses from the largest gap below 4 GiB");
    if (c.profile.log.mem_ranges)
        c.trace.printk(c.state.e820.title(
            fmt::format("[mem {:#010x}-{:#010x}] available for PCI devices", gap.start, gap.end - 1)));
    else
        c.trace.printk(fmt::format("Allocating PCI resources starting at {:x} (gap: {:x}:{:x})", gap.start, gap.start,
                                   gap.size()));
}

void memory_dev_init(BootContext& c) {
    constexpr Bytes smallest = 128 * MiB, largest = 2 * GiB, much = 64 * GiB;
    const PhysAddr end = phys_of(c.state.max_pfn);
    Bytes size = end < much ? smallest : largest;
    if (end >= much && is_virtual(c.machine))
        while (size > smallest && end % size != 0)
            size /= 2;
    c.trace.printk(fmt::format("x86/mm: Memory block size: {}MB", size / MiB));
}

void e820_reserve_resources_late(BootContext& c) {
    for (const E820Entry& e : c.state.e820.entries()) {
        if (e.type != E820Type::ram) continue;
        const PhysAddr start = e.start + e.size, end = align_up(start, ram_alignment(start));
        if (start < end)
            c.trace.printk(fmt::format("e820: reserve RAM buffer [mem {:#010x}-{:#010x}]", start, end - 1));
    }
}

}  // namespace boot
}  // namespace mm
