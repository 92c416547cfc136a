// SPDX-License-Identifier: GPL-3.0-or-later
// Boot stages from the real-mode trampoline to the nodes: direct map, log buffer, initrd, ACPI tables, NUMA.
// Follows arch/x86/kernel/setup.c, arch/x86/mm/init.c, kernel/printk/printk.c, Linux 6.1.
#include <fmt/format.h>

#include <algorithm>

#include "engine/firmware/command_line.h"
#include "engine/pgtable/direct_map.h"
#include "engine/sim/boot_context.h"
#include "engine/snapshot/layout_of.h"

namespace mm {
namespace {

/// pfn_range_is_mapped().
bool is_mapped(const DirectMap& map, PfnRange frames) {
    return std::any_of(map.pfn_mapped.begin(), map.pfn_mapped.end(),
                       [&](const PfnRange& r) { return r.contains(frames); });
}

/// An initrd in highmem is copied to lowmem.
void relocate_initrd(BootContext& c, PhysRange disk) {
    const Bytes exact = c.machine.ramdisk_size;
    const bool known = exact != 0 && align_up(exact, page_size) == disk.size();
    const Bytes size = known ? exact : disk.size();
    const PhysAddr at = c.boot_memblock().alloc({.size = disk.size(),
                                                 .align = page_size,
                                                 .end = phys_of(c.state.direct_map.max_pfn_mapped),
                                                 .owner = "initrd",
                                                 .caller = "setup_arch|relocate_initrd|reserve_initrd",
                                                 .api = MemblockApi::phys_range});
    if (at == 0) throw KernelPanic{fmt::format("Cannot find place for new RAMDISK of size {}", size)};
    const std::string to = fmt::format("[mem {:#010x}-{:#010x}]", at, at + size - 1);
    c.trace.printk("Allocated new RAMDISK: " + to);
    c.trace.printk(
        fmt::format("Move RAMDISK from [mem {:#010x}-{:#010x}] to {}", disk.start, disk.start + size - 1, to));
}

/// efi_bgrt_init(): the firmware's logo is kept, in an EFI map with one region more. Where it lies only a log with
/// memblock=debug tells.
void efi_bgrt_init(BootContext& c) {
    const auto& tables = c.machine.acpi_tables;
    const bool has_logo =
        std::any_of(tables.begin(), tables.end(), [](const NamedRange& table) { return table.name == "BGRT"; });
    if (!c.machine.efi || !has_logo || c.machine.efi_map.empty()) return;
    constexpr Bytes descriptor = 48;  // efi_memory_desc_t as OVMF and edk2 lay it out
    const auto& calls = c.machine.memblock_calls;
    const auto logo = std::find_if(calls.begin(), calls.end(),
                                   [](const MemblockCall& call) { return call.caller == "efi_mem_reserve"; });
    if (logo != calls.end()) c.boot_memblock().reserve(logo->range, "EFI logo", "efi_mem_reserve");
    c.boot_memblock().alloc({.size = (c.machine.efi_map.size() + 1) * descriptor,
                             .owner = "EFI memory map",
                             .caller = "efi_memmap_alloc|__efi_memmap_alloc_early",
                             .api = MemblockApi::phys_range});
    if (logo == calls.end()) return;
    const PhysRange pages{align_down(logo->range.start, page_size), align_up(logo->range.end, page_size)};
    // A whole log holds the update itself, which was applied with the others.
    const auto& given = c.machine.given_updates;
    if (std::any_of(given.begin(), given.end(), [&](const GivenUpdate& u) { return u.range == pages; })) return;
    c.state.e820.range_update(pages.start, pages.size(), E820Type::ram, E820Type::reserved, c.trace);
    c.state.e820.update_table(c.trace);
}

}  // namespace
}  // namespace mm

namespace mm::boot {
void init_mem_mapping(BootContext& c) {
    const PhysRange brk = brk_used_range(c.machine, c.profile), image = kernel_image_range(c.machine, c.profile);
    const Pfn buffer = pfn_down(brk.end) - c.profile.init_pgt_buf_pages;
    const PhysAddr data = c.machine.image.res_data.empty() ? image.start : c.machine.image.res_data.start;
    const LayoutInput layout = layout_input_of(c.machine, c.profile, c.state);
    DirectMapInput in;
    in.page_offset = page_offset_of(layout);
    in.gb_pages = c.machine.gb_pages;
    in.la57 = c.machine.la57;
    in.max_pfn = c.state.max_pfn;
    in.max_low_pfn = c.state.max_low_pfn;
    in.brk_buffer = buffer;
    in.brk_pages = c.profile.init_pgt_buf_pages;
    in.top_table = pfn_down(data + 0x10000);  // init_top_pgt: 64 KiB into .data
    in.bottom_up = find_param(c.machine.command_line, "movable_node").has_value();
    in.kernel_end = image.end;
    in.image = {align_down(image.start, 2 * MiB), brk.end};
    in.image_start = image_address(layout);
    in.trampoline_tables = !moves_bases(layout, c.machine) ? 0 : c.machine.la57 ? 2 : 1;
    c.state.direct_map = mm::init_mem_mapping(in, c.state.e820, c.boot_memblock());
    c.early_memtest({0, phys_of(c.state.direct_map.max_pfn_mapped)});
    c.state.memblock.set_current_limit(phys_of(c.state.direct_map.max_pfn_mapped));
    c.state.max_low_pfn = c.state.max_pfn;  // 64-bit: everything is low memory once it is mapped
}

void setup_log_buf(BootContext& c) {
    const auto param = find_param(c.machine.command_line, "log_buf_len");
    Bytes size = param ? memparse(*param) : 0;
    if (size <= c.profile.log_buf_size) return;
    Bytes rounded = 1;
    while (rounded < size)
        rounded *= 2;
    size = rounded;
    // printk_ringbuffer: a descriptor (three longs) and an info (88 bytes) for each 32 bytes of text.
    const Bytes align = c.profile.long_size;
    const Bytes descriptors = size >> 5;
    c.alloc_or_panic({.size = size, .align = align, .owner = "log buffer", .caller = "setup_log_buf"});
    c.alloc_or_panic(
        {.size = descriptors * 3 * align, .align = align, .owner = "log buffer", .caller = "setup_log_buf"});
    c.alloc_or_panic({.size = descriptors * 88, .align = align, .owner = "log buffer", .caller = "setup_log_buf"});
    c.trace.printk(fmt::format("printk: log_buf_len: {} bytes", size));
}

void reserve_initrd(BootContext& c) {
    if (!c.machine.ramdisk) return;
    const PhysRange disk{c.machine.ramdisk->start, align_up(c.machine.ramdisk->end, page_size)};
    c.trace.printk(c.profile.log.mem_ranges
                       ? fmt::format("RAMDISK: [mem {:#010x}-{:#010x}]", disk.start, disk.end - 1)
                       : fmt::format("RAMDISK: {:08x} - {:08x}", c.machine.ramdisk->start, c.machine.ramdisk->end));
    if (is_mapped(c.state.direct_map, touched_pfns(disk))) {
        c.trace.event({.kind = EventKind::kernel_note, .touched = disk},
                      "initrd lies in mapped memory and stays where the boot loader put it");
        return;
    }
    relocate_initrd(c, disk);
    c.boot_memblock().phys_free(disk, "setup_arch|reserve_initrd");
}

void acpi_boot_table_init(BootContext& c) {
    for (const NamedRange& table : c.machine.acpi_tables) {
        c.trace.printk(fmt::format("ACPI: Reserving {} table memory at [mem {:#x}-{:#x}]", table.name,
                                   table.range.start, table.range.end - 1));
        c.boot_memblock().reserve(table.range, "ACPI tables", "acpi_reserve_initial_tables");
    }
}

void initmem_init(BootContext& c) {
    c.state.numa = x86_numa_init(c.machine, c.profile, c.boot_memblock(), c.state.max_pfn);
}

void acpi_boot_init(BootContext& c) {
    bool hpet = false, madt = false;
    for (const NamedRange& table : c.machine.acpi_tables) {
        hpet |= table.name == "HPET";
        madt |= table.name == "APIC";
    }
    // Names of resources: strings the kernel builds with memblock_alloc.
    if (hpet) c.alloc_small(c.profile.structs.resource + 9, "HPET resource", "acpi_parse_hpet");
    efi_bgrt_init(c);
    if (madt)
        c.alloc_small(c.profile.structs.resource + 11, "IO-APIC resources",
                      "io_apic_init_mappings|ioapic_setup_resources");
}

void setup_command_line(BootContext& c) {
    const Bytes length = c.machine.command_line.size() + 1;
    c.alloc_small(length, "command line", "start_kernel|setup_command_line");  // saved_command_line
    c.alloc_small(length, "command line", "start_kernel|setup_command_line");  // static_command_line
}

void trap_init(BootContext& c) {
    // setup_cpu_entry_areas(): one table a level below the PGD.
    for (int i = 0; i < 3; ++i)
        c.alloc_or_panic(
            {.size = page_size, .align = page_size, .owner = "cpu entry area page tables", .caller = "spp_getpage"});
}

}  // namespace mm::boot
