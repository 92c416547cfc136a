// SPDX-License-Identifier: GPL-3.0-or-later
// What the kernel gives back after memblock is gone: patched-out lock prefixes, the initrd, its own init code and the
// gaps in its image. Follows alternative_instructions() (arch/x86/kernel/alternative.c), free_initrd_mem(),
// free_initmem(), mark_rodata_ro() (arch/x86/mm), free_reserved_area() (mm/page_alloc.c), Linux 6.1.
//
//      image   [text    ][gap][rodata][gap][data][init][locks][bss        ][decrypted]
//      late               ^^^          ^^^        ^^^^  ^^^^^                ^^^^^^^^^
//
// Where the log (or the part of it that is there) does not name one of them, nothing is known to be freed beyond what
// the image's symbols tell.
#include <fmt/format.h>

#include <algorithm>

#include "engine/firmware/command_line.h"
#include "engine/sim/boot_context.h"

namespace mm {
namespace {

/// free_reserved_area() without its words: frames of the range that are memory and still reserved go to the buddy one
/// by one. Returns how many.
NrPages free_reserved_frames(BootContext& c, PhysRange range) {
    const PfnRange frames = whole_pfns(range);
    PageAllocator allocator(c.state.zones, c.pages, c.state.stats, c.profile);
    NrPages freed = 0;
    for (Pfn p = frames.start; p < std::min(frames.end, c.pages.end_pfn()); ++p)
        if (state_of(c.pages.state(p)) == PageState::reserved && c.state.zones.frames_of(p)) {
            allocator.free_reserved_page(p);
            ++freed;
        }
    c.state.totalram_pages += freed;
    return freed;
}

void free_reserved_area(BootContext& c, PhysRange range, std::string_view what) {
    const NrPages freed = free_reserved_frames(c, range);
    if (freed == 0) return;
    c.trace.event({.kind = EventKind::kernel_note, .touched = range, .a = freed}, fmt::format("{} is free", what));
    c.trace.printk(fmt::format("Freeing {} memory: {}K", what, range.size() / KiB));
}

/// What the log says about a piece; 0 if it says nothing.
Bytes told_size(const BootContext& c, std::string_view what) {
    const auto& told = c.machine.late_frees;
    const auto it = std::find_if(told.begin(), told.end(), [&](const LateFree& f) { return f.what == what; });
    return it == told.end() ? 0 : it->size;
}

/// free_kernel_image_pages(): between two parts of the image, in whole pages.
void free_gap(BootContext& c, const PhysRange& before, const PhysRange& after, std::string_view what) {
    const PhysRange gap{align_up(before.end, page_size), after.start};
    if (!before.empty() && !after.empty() && !gap.empty()) free_reserved_area(c, gap, what);
}

}  // namespace

namespace boot {

void alternative_instructions(BootContext& c) {
    constexpr std::string_view what = "SMP alternatives";
    const PhysAddr locks = align_up(c.machine.image.init_end, page_size);
    if (locks && told_size(c, what)) free_reserved_area(c, {locks, locks + told_size(c, what)}, what);
}

void efi_free_boot_services(BootContext& c) {
    // efi=debug keeps them for debugfs.
    if (find_param(c.machine.command_line, "efi").value_or("").find("debug") != std::string::npos) return;
    Bytes freed = 0;
    for (PhysRange range : c.state.efi_boot_services) {
        range.start = std::max(range.start, MiB);  // what a BIOS might clobber, and a crash kernel needs
        if (range.empty()) continue;
        free_reserved_frames(c, range);
        freed += range.size();
        c.trace.event({.kind = EventKind::free_range, .touched = range}, "EFI's boot services are over");
    }
    if (freed != 0) c.trace.printk(fmt::format("efi: Freeing EFI boot services memory: {}K", freed / KiB));
}

void free_initrd(BootContext& c) {
    if (!c.machine.ramdisk || find_param(c.machine.command_line, "retain_initrd")) return;
    // The generic function frees whole pages of what was unpacked; x86 the page at its end too.
    if (c.profile.arch == Arch::arm64) {
        // memblock lives on there (ARCH_KEEP_MEMBLOCK).
        const PhysRange disk = *c.machine.ramdisk;
        c.boot_memblock().phys_free({align_down(disk.start, page_size), align_up(disk.end, page_size)},
                                    "free_initrd_mem");
        return free_reserved_area(c, disk, "initrd");
    }
    for (const MemblockClaim& claim : c.state.memblock.claims())
        if (claim.owner == "initrd") free_reserved_area(c, claim.range, "initrd");
}

void free_initmem(BootContext& c) {
    const KernelImage& image = c.machine.image;
    const bool x86_64 = c.profile.arch == Arch::x86_64;
    constexpr std::string_view decrypted = "unused decrypted";
    if (const Bytes size = told_size(c, decrypted); size && size < image.end_reserved)
        free_reserved_area(c, {image.end_reserved - size, image.end_reserved}, decrypted);
    if (image.init_begin < image.init_end)
        free_reserved_area(c, {image.init_begin, image.init_end},
                           c.profile.arch == Arch::arm64 ? "unused kernel" : "unused kernel image (initmem)");
    if (!x86_64) return;
    free_gap(c, image.res_code, image.res_rodata, "unused kernel image (text/rodata gap)");
    free_gap(c, image.res_rodata, image.res_data, "unused kernel image (rodata/data gap)");
}

}  // namespace boot
}  // namespace mm
