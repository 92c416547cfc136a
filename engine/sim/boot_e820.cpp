// SPDX-License-Identifier: GPL-3.0-or-later
// Boot stages from the BIOS call to memblock: what setup_arch() does with the firmware's map.
// Follows arch/x86/kernel/{setup,e820,ebda}.c, Linux 6.1.
#include <fmt/format.h>

#include "engine/e820/setup.h"
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
    return {base, machine.image.brk_end > base && machine.image.brk_end - base < profile.brk_size
                      ? machine.image.brk_end
                      : base + profile.brk_used};
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
    c.trace.printk("Command line: " + c.machine.command_line);
    Memblock& mb = c.state.memblock;
    const PhysRange image = kernel_image_range(c.machine, c.profile);
    mb.reserve(image.start, image.size(), "kernel image", c.trace);
    mb.reserve(0, c.profile.early_reserve_low, "first 64 KiB", c.trace);
    if (c.machine.ramdisk)
        mb.reserve(c.machine.ramdisk->start, align_up(c.machine.ramdisk->end, page_size) - c.machine.ramdisk->start,
                   "initrd", c.trace);
    for (const PhysRange& piece : c.machine.setup_data)
        mb.reserve(piece.start, piece.size(), "setup_data", c.trace);
    const PhysAddr start = bios_start(c.machine);
    mb.reserve(start, MiB - start, "BIOS", c.trace);
}

void e820_memory_setup(BootContext& c) {
    const ProbeResult& probe = c.state.probe;
    c.state.map_name = c.state.e820.memory_setup(probe.boot_table, probe.alt_mem_k, probe.ext_mem_k, c.trace);
    c.state.e820_firmware = c.state.e820;
    c.trace.printk("BIOS-provided physical RAM map:");
    print_table(c, c.state.e820, c.state.map_name);
}

void parse_early_param(BootContext& c) {
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
    c.state.max_pfn = c.state.e820.end_of_ram_pfn(c.state.max_arch_pfn, c.trace);
}

void mtrr_trim(BootContext& c) {
    if (mtrr_trim_uncached_memory(c.state.e820, c.machine.mtrr, c.state.max_pfn, c.machine.command_line, c.trace))
        c.state.max_pfn = c.state.e820.end_of_ram_pfn(c.state.max_arch_pfn, c.trace);
    constexpr Pfn four_gib = pfn_down(4 * GiB);
    c.state.max_low_pfn =
        c.state.max_pfn > four_gib ? c.state.e820.end_of_low_ram_pfn(c.state.max_arch_pfn, c.trace) : c.state.max_pfn;
    for (const PhysRange& table : c.machine.mp_table)
        c.state.memblock.reserve(table.start, table.size(), "MP table", c.trace);
    const PhysRange brk = brk_used_range(c.machine, c.profile);
    c.state.memblock.reserve(brk.start, brk.size(), "brk (early page tables, DMI)", c.trace);
}

void e820_memblock_setup(BootContext& c) {
    Memblock& mb = c.state.memblock;
    mb.allow_resize();
    mb.set_current_limit(MiB);  // ISA_END_ADDRESS, until the direct map exists
    for (const E820Entry& e : c.state.e820.entries()) {
        if (e.type == E820Type::soft_reserved) mb.reserve(e.start, e.size, "soft reserved", c.trace);
        if (e.type == E820Type::ram || e.type == E820Type::reserved_kern) mb.add(e.start, e.size, c.trace);
    }
    mb.trim_memory(page_size, c.trace);
    constexpr PhysAddr most = PhysAddr{no_link} << page_shift;
    if (mb.end_of_dram() > most) {
        c.trace.event({.kind = EventKind::kernel_note, .touched = {most, mb.end_of_dram()}},
                      "mmscope models frames below 16 TiB: memory above is left out");
        mb.remove(most, mb.end_of_dram() - most, c.trace);
        c.state.max_pfn = std::min(c.state.max_pfn, pfn_down(most));
    }
    c.dump_memblock();
}

void efi_reserve_boot_services(BootContext& c) {
    for (const EfiMemDesc& md : c.machine.efi_map)
        if ((md.type == "Boot Code" || md.type == "Boot Data") && !c.state.memblock.is_region_reserved(md.range))
            c.state.memblock.reserve(md.range.start, md.range.size(), "EFI boot services", c.trace);
    apply_given_updates(c, true);
}

void reserve_real_mode(BootContext& c) {
    c.state.memblock.alloc(
        {.size = c.profile.real_mode_size, .align = page_size, .start = 0, .end = MiB, .owner = "real-mode trampoline"},
        c.trace, false);
    c.state.memblock.reserve(0, c.profile.trim_low_memory, "low 1 MiB", c.trace);
}

}  // namespace boot
}  // namespace mm
