// SPDX-License-Identifier: GPL-3.0-or-later
// What the EFI memory map tells besides where memory is. Follows drivers/firmware/efi/efi.c, Linux 6.1.
#include <fmt/format.h>

#include "engine/sim/boot_context.h"

namespace mm {
namespace {

/// EFI_MEMORY_MORE_RELIABLE, as "|MR|" or, in old kernels, as a number.
bool is_mirrored(const EfiMemDesc& desc) {
    constexpr std::uint64_t more_reliable = 0x10000;
    if (!desc.attributes.starts_with("0x")) return desc.attributes.find("|MR|") != std::string::npos;
    return (std::stoull(desc.attributes, nullptr, 16) & more_reliable) != 0;
}

}  // namespace

void efi_find_mirror(const BootContext& c) {
    Bytes mirrored = 0, total = 0;
    for (const EfiMemDesc& desc : c.machine.efi_map) {
        total += desc.range.size();
        if (!is_mirrored(desc)) continue;
        c.state.memblock.mark(desc.range.start, desc.range.size(), memblock_mirror, true, c.trace);
        mirrored += desc.range.size();
    }
    if (mirrored != 0) c.trace.printk(fmt::format("efi: Memory: {}M/{}M mirrored memory", mirrored / MiB, total / MiB));
}

}  // namespace mm
