// SPDX-License-Identifier: GPL-3.0-or-later
// Two sides of a conversation: Bios answers from the machine's map, the detect_* functions ask as the kernel's setup
// code does. A log says only which answer the kernel used, so the other answers are what a BIOS derives from the RAM
// above 1 MiB.
#include "engine/firmware/int15.h"

#include <fmt/format.h>

#include <algorithm>

namespace mm {
namespace {

constexpr std::uint32_t entry_size = 20;       // sizeof(struct boot_e820_entry)
constexpr std::uint32_t not_supported = 0x86;  // in AH, with carry
constexpr std::uint32_t first_15_mib_k = 15 * 1024;
constexpr PhysAddr one_mib = MiB, sixteen_mib = 16 * MiB;

class Bios {
public:
    explicit Bios(const Machine& machine) : m_machine(machine) {}

    BiosRegisters e820(const BiosRegisters& in, E820Entry& buffer) const {
        BiosRegisters out = in;
        const auto& map = m_machine.map;
        if (m_machine.source != MapSource::bios_e820 || in.edx != smap_signature || in.ebx >= map.size())
            return refused(in);
        buffer = map[in.ebx];
        out.eax = smap_signature;
        out.ecx = entry_size;
        out.ebx = in.ebx + 1 < map.size() ? in.ebx + 1 : 0;
        return out;
    }

    /// AX = CX: KiB from 1 to 16 MiB; BX = DX: 64 KiB blocks above 16 MiB.
    BiosRegisters e801(const BiosRegisters& in) const {
        if (m_machine.source == MapSource::bios_88) return refused(in);
        const PhysAddr end = end_of_low_ram();
        BiosRegisters out = in;
        out.ecx = static_cast<std::uint32_t>((std::min(end, sixteen_mib) - one_mib) / KiB);
        out.edx = end > sixteen_mib ? static_cast<std::uint32_t>((end - sixteen_mib) / (64 * KiB)) : 0;
        out.eax = out.ecx;
        out.ebx = out.edx;
        return out;
    }

    /// AX = KiB above 1 MiB, as far as 16 bits go.
    BiosRegisters e88(const BiosRegisters& in) const {
        // Where better calls exist BIOSes report at most 63 MiB here, and never more than E801 in its 64 KiB steps.
        const bool only_call = m_machine.source == MapSource::bios_88;
        const Bytes kib = align_down((end_of_low_ram() - one_mib) / KiB, only_call ? 1 : 64);
        const Bytes most = only_call ? 0xffff : 63 * 1024;
        BiosRegisters out = in;
        out.eax = static_cast<std::uint32_t>(std::min(kib, most));
        return out;
    }

private:
    static BiosRegisters refused(BiosRegisters regs) {
        regs.eax = (regs.eax & 0xff) | not_supported << 8;
        regs.carry = true;
        return regs;
    }

    /// Where the RAM that is contiguous from 1 MiB ends, at most 4 GiB.
    PhysAddr end_of_low_ram() const {
        auto map = m_machine.map;
        std::sort(map.begin(), map.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
        PhysAddr end = one_mib;
        for (const auto& e : map)
            if (e.type == E820Type::ram && !overflows(e) && e.start <= end) end = std::max(end, e.start + e.size);
        return std::min(end, 4 * GiB);
    }

    const Machine& m_machine;
};

void detect_memory_e820(const Bios& bios, ProbeResult& result, const Tracer& trace) {
    BiosRegisters regs{.eax = 0xe820, .ecx = entry_size, .edx = smap_signature};
    E820Entry buffer{0, 0, E820Type::none};
    do {
        BiosCall call{.in = regs, .out = bios.e820(regs, buffer), .entry = buffer};
        regs.ebx = call.out.ebx;
        const bool refused = call.out.carry, garbled = !refused && call.out.eax != smap_signature;
        call.stored = !refused && !garbled;
        if (call.stored) result.boot_table.push_back(buffer);
        if (garbled) result.boot_table.clear();
        result.e820.push_back(call);
        Event event{.kind = EventKind::int15_e820, .a = call.in.ebx, .b = call.out.ebx};
        if (call.stored && !overflows(buffer)) event.touched = {buffer.start, buffer.start + buffer.size};
        trace.event(event, call.stored ? fmt::format("entry {}, type {}", result.boot_table.size() - 1,
                                                     static_cast<std::uint32_t>(buffer.type))
                                       : "no more entries");
        if (!call.stored) break;
    } while (regs.ebx != 0 && result.boot_table.size() < e820_max_entries_zeropage);
}

void detect_memory_e801(const Bios& bios, ProbeResult& result, const Tracer& trace) {
    const BiosRegisters in{.eax = 0xe801};
    BiosCall call{.in = in, .out = bios.e801(in), .entry = {}};
    std::uint32_t ax = call.out.eax & 0xffff, bx = call.out.ebx & 0xffff;
    if ((call.out.ecx | call.out.edx) & 0xffff) {
        ax = call.out.ecx & 0xffff;
        bx = call.out.edx & 0xffff;
    }
    call.stored = !call.out.carry && ax <= first_15_mib_k;
    // With a hole below 16 MiB what lies above it is not counted.
    if (call.stored) result.alt_mem_k = ax == first_15_mib_k ? (bx << 6) + ax : ax;
    result.e801.push_back(call);
    trace.event({.kind = EventKind::int15_e801, .a = result.alt_mem_k},
                call.out.carry ? "not supported" : fmt::format("{} KiB above 1 MiB", result.alt_mem_k));
}

void detect_memory_88(const Bios& bios, ProbeResult& result, const Tracer& trace) {
    const BiosRegisters in{.eax = 0x8800};
    const BiosCall call{.in = in, .out = bios.e88(in), .entry = {}, .stored = true};
    result.ext_mem_k = static_cast<std::uint16_t>(call.out.eax & 0xffff);
    result.e88.push_back(call);
    trace.event({.kind = EventKind::int15_88, .a = result.ext_mem_k},
                fmt::format("{} KiB above 1 MiB", result.ext_mem_k));
}

}  // namespace

ProbeResult detect_memory(const Machine& machine, const Tracer& trace) {
    ProbeResult result;
    if (machine.efi) {
        result.boot_table = machine.map;
        result.source = machine.source;
        return result;
    }
    const Bios bios(machine);
    detect_memory_e820(bios, result, trace);
    detect_memory_e801(bios, result, trace);
    detect_memory_88(bios, result, trace);
    const bool usable =
        result.boot_table.size() >= 2 && std::none_of(result.boot_table.begin(), result.boot_table.end(), overflows);
    if (!usable) result.source = result.alt_mem_k < result.ext_mem_k ? MapSource::bios_88 : MapSource::bios_e801;
    return result;
}

}  // namespace mm
