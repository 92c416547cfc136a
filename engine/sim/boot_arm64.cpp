// SPDX-License-Identifier: GPL-3.0-or-later
// Boot stages of arm64 from the device tree or EFI map to the nodes. Follows arch/arm64/kernel/setup.c,
// arch/arm64/mm/init.c and mmu.c, drivers/firmware/efi/efi-init.c, drivers/of/fdt.c, Linux 6.1.
#include <fmt/format.h>

#include <set>

#include "engine/firmware/command_line.h"
#include "engine/numa/arch_numa.h"
#include "engine/pgtable/arm64_map.h"
#include "engine/sim/arm64_image.h"
#include "engine/sim/boot_context.h"

namespace mm {
namespace {

constexpr PhysAddr phys_mask_end = PhysAddr{1} << 48;
constexpr Bytes linear_region_size = Bytes{1} << 47;
constexpr Bytes unflatten_guard = 4;  // a pattern behind the tree, to notice overruns

/// is_usable_memory(): types that are ordinary memory once boot services have ended.
bool usable(std::string_view type) {
    const std::set<std::string_view> types{"Loader Code",  "Loader Data",  "Boot Code", "Boot Data",
                                           "Conventional", "ACPI Reclaim", "Persistent"};
    return types.contains(type);
}

bool has_attribute(const EfiMemDesc& desc, std::string_view name) {
    return desc.attributes.find(name) != std::string::npos;
}

/// early_init_dt_add_memory_arch().
void add_memory(BootContext& c, PhysRange range) {
    range = {align_up(range.start, page_size), align_down(range.end, page_size)};
    if (!range.empty()) c.boot_memblock().add(range, "early_init_dt_add_memory_arch");
}

/// efi_config_parse_tables(). How long the list of attributes is stands in it alone: its header, at least.
void reserve_config_tables(const BootMemblock& boot, const EfiTables& tables) {
    constexpr Bytes attributes_header = 16, memreserve_header = 16;  // the list is empty when the stub made it
    if (tables.attributes != 0)
        boot.reserve({tables.attributes, tables.attributes + attributes_header}, "EFI memory attributes",
                     "efi_memattr_init|efi_config_parse_tables");
    if (tables.memreserve != 0)
        boot.reserve({tables.memreserve, tables.memreserve + memreserve_header}, "EFI reservations",
                     "efi_config_parse_tables");
}

/// memblock_mem_limit_remove_map(): what lies beyond the first bytes of memory goes, also where it is reserved.
void limit_memory(Memblock& mb, Bytes limit, const Tracer& trace) {
    for (const MemblockRegion& r : mb.memory()) {
        if (limit > r.size) {
            limit -= r.size;
            continue;
        }
        const PhysAddr end = r.base + limit;
        mb.remove(end, ~PhysAddr{0} - end, trace);
        mb.phys_free(end, ~PhysAddr{0} - end, trace);
        return;
    }
}

}  // namespace

namespace boot {

void setup_machine_fdt(BootContext& c) {
    const Machine& machine = c.machine;
    if (!machine.banner.empty()) c.trace.printk(machine.banner);
    for (const DeviceTreeMemory& m : machine.device_tree_memory)
        add_memory(c, m.range);
    if (!machine.device_tree_blob.empty())
        c.boot_memblock().reserve(machine.device_tree_blob, "device tree", "setup_machine_fdt");
    if (!machine.machine_model.empty()) c.trace.printk("Machine model: " + machine.machine_model);
}

void arm64_parse_early_param(BootContext& c) {
    c.parse_memblock_param();
    if (const auto limit = find_param(c.machine.command_line, "mem"))
        c.trace.printk(fmt::format("Memory limited to {}MB", align_down(memparse(*limit), page_size) / MiB));
}

void efi_init(BootContext& c) {
    if (c.machine.efi_map.empty()) {
        c.trace.printk("efi: UEFI not found.");
        return;
    }
    c.trace.printk(c.machine.efi_line);
    const BootMemblock boot = c.boot_memblock();
    reserve_config_tables(boot, c.machine.efi_tables);
    boot.dump_all();
    boot.remove_from(0, "efi_init|reserve_regions");
    for (const EfiMemDesc& desc : c.machine.efi_map) {
        const bool write_back = has_attribute(desc, "WB");
        if (!write_back && !has_attribute(desc, "WT") && !has_attribute(desc, "WC")) continue;
        add_memory(c, desc.range);
        if (!usable(desc.type) || !write_back)
            boot.lists().mark(desc.range.start, desc.range.size(), memblock_nomap, true);
        if (desc.type == "ACPI Reclaim") boot.reserve(desc.range, "ACPI tables", "efi_init|reserve_regions");
    }
    efi_find_mirror(c);
    const PhysRange map = c.machine.efi_tables.memory_map;
    if (!c.machine.efi_tables.esrt.empty())
        boot.reserve(c.machine.efi_tables.esrt, "EFI resource table", "efi_mem_reserve");
    if (!map.empty())
        boot.reserve({align_down(map.start, page_size), align_up(map.end, page_size)}, "EFI memory map", "efi_init");
}

void arm64_memblock_init(BootContext& c) {
    constexpr std::string_view caller = "arm64_memblock_init";
    const BootMemblock boot = c.boot_memblock();
    Memblock& mb = boot.lists();
    const Arm64Image image = arm64_image(c.machine, c.profile);
    if (mb.memory().empty()) throw KernelPanic{"no memory in the device tree or the EFI map"};
    boot.remove_from(phys_mask_end, caller);
    const PhysAddr linear_end = align_down(mb.start_of_dram(), GiB) + linear_region_size;
    boot.remove_from(std::max(linear_end, image.end), caller);
    if (const auto limit = find_param(c.machine.command_line, "mem")) {
        limit_memory(mb, align_down(memparse(*limit), page_size), c.trace);
        // From _text on, the header's 64 KiB before _stext.
        boot.add({align_down(image.stext - 1, 64 * KiB), image.end}, caller);
    }
    if (c.machine.ramdisk) {
        const PhysRange disk{align_down(c.machine.ramdisk->start, page_size),
                             align_up(c.machine.ramdisk->end, page_size)};
        boot.add(disk, caller);
        mb.mark(disk.start, disk.size(), memblock_nomap, false);
        boot.reserve(disk, "initrd", caller);
    }
    boot.reserve({image.stext, image.end}, "kernel image", caller);
    constexpr PhysAddr most = PhysAddr{no_link} << page_shift;
    if (mb.end_of_dram() > most) {
        c.trace.event({.kind = EventKind::kernel_note, .touched = {most, mb.end_of_dram()}},
                      "mmscope models frames below 16 TiB: memory above is left out");
        mb.remove(most, mb.end_of_dram() - most, c.trace);
    }
}

void arm64_paging_init(BootContext& c) {
    Arm64MapInput in;
    in.image = arm64_image(c.machine, c.profile);
    in.memstart = align_down(c.state.memblock.start_of_dram(), GiB);
    in.page_mappings_only = arm64_page_mappings_only(c.machine.command_line);
    const auto alloc = [&c] {
        return c.alloc_or_panic({.size = page_size,
                                 .align = page_size,
                                 .end = 1,  // MEMBLOCK_ALLOC_NOLEAKTRACE: anywhere
                                 .owner = "page tables",
                                 .caller = "early_pgtable_alloc",
                                 .api = MemblockApi::phys_range});
    };
    c.state.direct_map = mm::arm64_paging_init(in, c.state.memblock, alloc, c.trace);
    c.boot_memblock().phys_free({in.image.end - in.image.init_pg_dir_size, in.image.end}, "paging_init");
    c.state.memblock.allow_resize();
    arm64_create_idmap(alloc);
}

void unflatten_device_tree(BootContext& c) {
    if (c.machine.device_tree_size == 0) return;
    c.alloc_or_panic({.size = c.machine.device_tree_size + unflatten_guard,
                      .align = 8,
                      .owner = "device tree",
                      .caller = "early_init_dt_alloc_memory_arch"});
}

void arch_numa_init(BootContext& c) {
    const PhysRange dram{c.state.memblock.start_of_dram(), c.state.memblock.end_of_dram()};
    c.early_memtest({align_up(dram.start, page_size), align_down(dram.end, page_size)});
    c.state.max_pfn = c.state.max_low_pfn = pfn_down(c.state.memblock.end_of_dram());
    c.state.max_arch_pfn = pfn_down(phys_mask_end);
    c.state.numa = mm::arch_numa_init(c.machine, c.profile, c.boot_memblock());
}

void request_standard_resources(BootContext& c) {
    constexpr Bytes resource_size = 64;
    const auto& memory = c.state.memblock.memory();
    const Arm64Image image = arm64_image(c.machine, c.profile);
    for (const MemblockRegion& r : memory) {
        c.state.iomem.push_back({r.range(), r.flags & memblock_nomap ? "reserved" : "System RAM", 0});
        if (r.range().contains(image.stext))
            c.state.iomem.push_back({{image.stext, image.init_begin}, "Kernel code", 1});
        if (r.range().contains(image.data)) c.state.iomem.push_back({{image.data, image.end}, "Kernel data", 1});
    }
    sort_iomem(c.state.iomem);
    c.alloc_small(resource_size * memory.size(), "iomem resources", "setup_arch|request_standard_resources");
}

}  // namespace boot
}  // namespace mm
