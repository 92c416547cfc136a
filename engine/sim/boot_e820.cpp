// SPDX-License-Identifier: GPL-3.0-or-later
// Boot stages from the BIOS call to memblock: what setup_arch() does with the firmware's map.
// Follows arch/x86/kernel/{setup,e820,ebda}.c, Linux 6.1.
#include <fmt/format.h>

#include "engine/e820/setup.h"
#include "engine/firmware/command_line.h"
#include "engine/memblock/region_list.h"
#include "engine/sim/boot_context.h"

namespace mm {
namespace {

constexpr PhysAddr bios_start_min = 0x20000, bios_start_max = 0x9f000;  // ebda.c

void print_table(const BootContext& c, const E820Table& table, std::string_view who) {
    for (auto& line : table.print_lines(who))
        c.trace.printk(std::move(line));
}

/// reserve_bios_regions(): from the EBDA (or 636K) to 1 MiB. The BIOS data area is not in a log; the end of low RAM in
/// the firmware's map is where the BIOS puts the EBDA.
PhysAddr bios_start(const Machine& machine) {
    if (machine.efi) return bios_start_max;  // EFI firmware leaves no BIOS data area
    for (const auto& e : machine.map)
        if (e.type == E820Type::ram && e.start == 0 && e.size >= bios_start_min && e.size <= bios_start_max)
            return align_down(e.size, KiB);
    return bios_start_max;
}

/// Updates of chipset quirks and EFI that the log tells and nothing here derives; late: after memblock has its memory.
void apply_given_updates(BootContext& c, bool late) {
    bool any = false;
    for (const GivenUpdate& given : c.machine.given_updates) {
        if (given.after_memblock != late) continue;
        c.trace.event({.kind = EventKind::kernel_note, .touched = given.range},
                      "given by the log: a chipset or EFI quirk changes the map");
        if (given.to == E820Type::none)
            c.state.e820.range_remove(given.range.start, given.range.size(), given.from, given.from != E820Type::none,
                                      c.trace);
        else
            c.state.e820.range_update(given.range.start, given.range.size(), given.from, given.to, c.trace);
        any = true;
    }
    if (any) c.state.e820.update_table(c.trace);
}

}  // namespace

PhysRange kernel_image_range(const Machine& machine, const KernelProfile& profile) {
    const KernelImage& image = machine.image;
    const PhysAddr text = image.text ? image.text : profile.default_text_start;
    if (image.end_reserved > text) return {text, image.end_reserved};
    // Text and rodata are 2 MiB aligned for their protections; what the linker puts between data and bss is not in a
    // log.
    const Bytes size =
        align_up(image.code, 2 * MiB) + align_up(image.rodata, 2 * MiB) + image.rwdata + image.init + image.bss;
    return {text, align_up(text + std::max(size, 16 * MiB), 4 * MiB)};
}

PhysRange brk_used_range(const Machine& machine, const KernelProfile& profile) {
    const PhysAddr base = kernel_image_range(machine, profile).end;
    const bool early_tables = profile.arch == Arch::i386;
    const Pfn tables = early_tables ? pfn_down(initial_mapping_end(machine, profile)) / (profile.pae ? 512 : 1024) : 0;
    const Bytes least = phys_of(tables + profile.init_pgt_buf_pages);
    const PhysAddr given = machine.image.brk_end;  // a log of other lines than the kernel's gives any number
    if (given >= base + least && given - base < std::max(profile.brk_size, least + page_size)) return {base, given};
    // i386's early page tables are followed by a page of DMI strings.
    return {base, base + (early_tables ? least + page_size : profile.brk_used)};
}

namespace boot {

void detect_memory(BootContext& c) {
    c.state.probe = mm::detect_memory(c.machine, c.trace);
    if (c.machine.efi)
        c.trace.event({.kind = EventKind::kernel_note},
                      "EFI: the boot stub turned the EFI memory map into e820 entries; no BIOS is asked");
}

void early_reserve_memory(BootContext& c) {
    if (!c.machine.banner.empty()) c.trace.printk(c.machine.banner);
    if (c.profile.arch == Arch::x86_64) c.trace.printk("Command line: " + c.machine.command_line);
    const BootMemblock mb = c.boot_memblock();
    const PhysRange image = kernel_image_range(c.machine, c.profile);
    mb.reserve(image, "kernel image", "early_reserve_memory");
    mb.reserve({0, c.profile.early_reserve_low}, "first 64 KiB", "early_reserve_memory");
    if (c.machine.ramdisk)
        mb.reserve({c.machine.ramdisk->start, align_up(c.machine.ramdisk->end, page_size)}, "initrd",
                   "early_reserve_initrd");
    for (const PhysRange& piece : c.machine.setup_data)
        mb.reserve(piece, "setup_data", "memblock_x86_reserve_range_setup_data");
    mb.reserve({bios_start(c.machine), MiB}, "BIOS", "reserve_bios_regions");
}

void e820_memory_setup(BootContext& c) {
    const ProbeResult& probe = c.state.probe;
    c.state.e820.set_dialect(c.profile.log);
    c.state.map_name = c.state.e820.memory_setup(probe.boot_table, probe.alt_mem_k, probe.ext_mem_k, c.trace);
    c.state.e820_firmware = c.state.e820;
    c.trace.printk(c.state.e820.title("BIOS-provided physical RAM map:"));
    print_table(c, c.state.e820, c.state.map_name);
}

void parse_early_param(BootContext& c) {
    c.parse_memblock_param();
    const bool changed = parse_user_map(c.state.e820, c.machine.command_line, c.trace);
    reserve_setup_data(c.state.e820, c.machine.setup_data, c.trace);
    if (changed && !finish_user_map(c.state.e820, c.trace)) throw KernelPanic{"Invalid user supplied memory map"};
}

void trim_bios_range(BootContext& c) {
    e820_add_kernel_range(c.state.e820, kernel_image_range(c.machine, c.profile), c.trace);
    mm::trim_bios_range(c.state.e820, c.profile.trim_bios_low, c.trace);
    apply_given_updates(c, false);
}

void end_of_ram_pfn(BootContext& c) {
    const unsigned bits = c.machine.la57 ? c.profile.max_physmem_bits_la57 : c.profile.max_physmem_bits;
    c.state.max_arch_pfn = Pfn{1} << (bits - page_shift);
    const bool with_acpi = c.profile.acpi_ends_ram;
    if (c.profile.early_end_of_low_ram) c.state.e820.end_of_low_ram_pfn(c.state.max_arch_pfn, c.trace, with_acpi);
    c.state.max_pfn = c.state.e820.end_of_ram_pfn(c.state.max_arch_pfn, c.trace, with_acpi);
}

void mtrr_trim(BootContext& c) {
    if (mtrr_trim_uncached_memory(c.state.e820, c.machine.mtrr, c.state.max_pfn, c.machine.command_line, c.trace))
        c.state.max_pfn = c.state.e820.end_of_ram_pfn(c.state.max_arch_pfn, c.trace, c.profile.acpi_ends_ram);
    constexpr Pfn four_gib = pfn_down(4 * GiB);
    const bool beyond = c.profile.arch == Arch::x86_64 && c.state.max_pfn > four_gib;
    c.state.max_low_pfn = beyond
                              ? c.state.e820.end_of_low_ram_pfn(c.state.max_arch_pfn, c.trace, c.profile.acpi_ends_ram)
                              : c.state.max_pfn;
    for (const PhysRange& table : c.machine.mp_table)
        c.boot_memblock().reserve(table, "MP table", "smp_scan_config");
    c.boot_memblock().reserve(brk_used_range(c.machine, c.profile), "brk (early page tables, DMI)", "setup_arch");
}

void e820_memblock_setup(BootContext& c) {
    const BootMemblock boot = c.boot_memblock();
    Memblock& mb = c.state.memblock;
    mb.allow_resize();
    mb.set_current_limit(MiB);  // ISA_END_ADDRESS, until the direct map exists
    for (const E820Entry& e : c.state.e820.entries()) {
        const PhysRange range = regions::capped(e.start, e.size);
        if (c.profile.arch == Arch::i386 && !c.profile.pae && range.end >= 4 * GiB) continue;  // beyond resource_size_t
        const bool ram = e.type == E820Type::ram || e.type == E820Type::reserved_kern;
        if (e.type == E820Type::soft_reserved || (!ram && c.profile.reserves_non_ram))
            boot.reserve(range, e.type == E820Type::soft_reserved ? "soft reserved" : "not RAM",
                         "e820__memblock_setup");
        if (ram) boot.add(range, "e820__memblock_setup");
    }
    mb.trim_memory(page_size, c.trace);
    constexpr PhysAddr most = PhysAddr{no_link} << page_shift;
    if (mb.end_of_dram() > most) {
        c.trace.event({.kind = EventKind::kernel_note, .touched = {most, mb.end_of_dram()}},
                      "mmscope models frames below 16 TiB: memory above is left out");
        mb.remove(most, mb.end_of_dram() - most, c.trace);
        c.state.max_pfn = std::min(c.state.max_pfn, pfn_down(most));
    }
    boot.dump_all();
}

void efi_reserve_boot_services(BootContext& c) {
    efi_find_mirror(c);
    const PhysRange image = kernel_image_range(c.machine, c.profile);
    for (const EfiMemDesc& md : c.machine.efi_map) {
        const bool services = md.type == "Boot Code" || md.type == "Boot Data";
        if (!services || c.state.memblock.is_region_reserved(md.range)) continue;
        c.boot_memblock().reserve(md.range, "EFI boot services", "efi_reserve_boot_services");
        // can_free_region()
        if (!md.range.overlaps(image) && c.state.e820.mapped_all(md.range, E820Type::ram))
            c.state.efi_boot_services.push_back(md.range);
    }
    apply_given_updates(c, true);
}

void reserve_real_mode(BootContext& c) {
    c.boot_memblock().alloc({.size = c.profile.real_mode_size,
                             .align = page_size,
                             .end = MiB,
                             .owner = "real-mode trampoline",
                             .caller = "reserve_real_mode",
                             .api = MemblockApi::phys_range});
    const bool crash = c.profile.crashkernel_keeps_low_1m && find_param(c.machine.command_line, "crashkernel");
    const Bytes low = crash ? MiB : c.profile.trim_low_memory;
    c.boot_memblock().reserve({0, low}, low == MiB ? "low 1 MiB" : "low 64 KiB", "setup_arch|reserve_real_mode");
}

}  // namespace boot
}  // namespace mm
