// SPDX-License-Identifier: GPL-3.0-or-later
// Where the table comes from: the boot loader's entries, or a map made up from two old BIOS answers.
#include "engine/e820/e820_table.h"

namespace mm {
namespace {

constexpr Bytes low_memory = 0x9f000;       // LOWMEMSIZE()
constexpr PhysAddr high_memory = 0x100000;  // HIGH_MEMORY

}  // namespace

bool E820Table::append(const std::vector<E820Entry>& firmware, const Tracer& trace) {
    if (firmware.size() < 2) return false;
    for (const auto& e : firmware) {
        if (overflows(e)) return false;
        range_add(e.start, e.size, e.type, trace);
    }
    return true;
}

std::string E820Table::memory_setup(const std::vector<E820Entry>& firmware, std::uint32_t alt_mem_k,
                                    std::uint32_t ext_mem_k, const Tracer& trace) {
    std::string who = "BIOS-e820";
    if (!append(firmware, trace)) {
        // E801 wins unless 88h reports more.
        const bool use_88 = alt_mem_k < ext_mem_k;
        who = use_88 ? "BIOS-88" : "BIOS-e801";
        m_entries.clear();
        range_add(0, low_memory, E820Type::ram, trace);
        range_add(high_memory, Bytes{use_88 ? ext_mem_k : alt_mem_k} * KiB, E820Type::ram, trace);
    }
    update_table(trace);
    return who;
}

}  // namespace mm
