// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/highmem/pkmap_text.h"

#include <fmt/format.h>

namespace mm {

std::string print_pkmap(const HighmemState& s) {
    if (!s.up) return "";
    const HighmemWindow& w = s.window;
    if (w.slots == 0) return "no highmem: the direct map reaches all memory\n";
    std::string out = fmt::format("pkmap {:#010x}-{:#010x} LAST_PKMAP {} last_pkmap_nr {}\n", w.pkmap,
                                  w.slot_address(w.slots), w.slots, s.last_slot) +
                      "slot     address   pfn         pkmap_count\n";
    for (unsigned i = 0; i < s.slots.size(); ++i) {
        const PkmapSlot& slot = s.slots[i];
        if (slot.count == 0) continue;
        out += fmt::format("{:<8} {:08x}  {:#010x}  {}\n", i, w.slot_address(i), slot.pfn, slot.count);
    }
    const unsigned used = s.used(), waiting = s.waiting();
    out += fmt::format("{} in use, {} wait for a flush, {} free\n", used, waiting, w.slots - used - waiting);
    for (unsigned cpu = 0; cpu < s.local.size(); ++cpu)
        for (unsigned i = 0; i < s.local[cpu].size(); ++i)
            out += fmt::format("kmap_local cpu {} index {} {:08x}  {:#010x}\n", cpu, i, w.local_address(cpu, i),
                               s.local[cpu][i]);
    return out;
}

}  // namespace mm
