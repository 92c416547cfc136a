// SPDX-License-Identifier: GPL-3.0-or-later
// How a BIOS answers the real-mode kernel's int 15h questions about memory, register by register, so that the probing
// can be watched: E820h (one entry a call, continuation in EBX, "SMAP" in EDX and EAX, CF at the end), E801h and 88h as
// fall-backs. Follows arch/x86/boot/memory.c (detect_memory_e820, _e801, _88), Linux 6.1.
#pragma once

#include <span>
#include <vector>

#include "engine/firmware/machine.h"
#include "engine/types/trace.h"

namespace mm {

struct BiosRegisters {
    std::uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0, edi = 0;
    bool carry = false;
};

/// One call and its answer; entry is what was written at ES:DI (E820 only).
struct BiosCall {
    BiosRegisters in, out;
    E820Entry entry;
    bool stored = false;  ///< the kernel kept the entry (count < E820_MAX_ENTRIES_ZEROPAGE, 128)
};

inline constexpr std::uint32_t smap_signature = 0x534d4150;
inline constexpr unsigned e820_max_entries_zeropage = 128;

struct ProbeResult {
    std::vector<BiosCall> e820, e801, e88;
    std::vector<E820Entry> boot_table;        ///< boot_params.e820_table
    std::uint32_t alt_mem_k = 0;              ///< boot_params.alt_mem_k (E801)
    std::uint16_t ext_mem_k = 0;              ///< boot_params.screen_info.ext_mem_k (88h)
    MapSource source = MapSource::bios_e820;  ///< what e820__memory_setup_default() will use
};

/// detect_memory(): runs all three probes against the machine's firmware. Emits one int15_* event a call.
/// On a machine booted by EFI no BIOS is asked: the boot stub converts the EFI map (the table is passed on unchanged).
ProbeResult detect_memory(const Machine& machine, const Tracer& trace);

}  // namespace mm
