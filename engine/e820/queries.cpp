// SPDX-License-Identifier: GPL-3.0-or-later
// Questions to the table: what is mapped where, where RAM ends, which gap is left for PCI, is the table well formed.
#include <fmt/format.h>

#include <algorithm>

#include "engine/e820/e820_table.h"
#include "engine/e820/update_table.h"

namespace mm {
namespace {

constexpr PhysAddr four_gib = 4 * GiB;
constexpr Bytes smallest_pci_gap = 4 * MiB;

bool overlaps(const E820Entry& e, PhysRange range) {
    return e.start < range.end && e.start + e.size > range.start;
}

}  // namespace

bool E820Table::mapped_any(PhysRange range, E820Type type) const {
    return std::any_of(m_entries.begin(), m_entries.end(), [&](const E820Entry& e) {
        return (type == E820Type::none || e.type == type) && overlaps(e, range);
    });
}

bool E820Table::mapped_all(PhysRange range, E820Type type) const {
    for (const auto& e : m_entries) {
        if ((type != E820Type::none && e.type != type) || !overlaps(e, range)) continue;
        if (e.start <= range.start) range.start = e.start + e.size;
        if (range.start >= range.end) return true;
    }
    return false;
}

E820Type E820Table::type_at(PhysAddr addr) const {
    auto best = E820Type::none;
    for (const auto& e : m_entries)
        if (addr - e.start < e.size) best = std::max(best, e.type);
    return best;
}

Pfn E820Table::end_pfn(Pfn limit, Pfn max_arch_pfn, bool with_acpi, const Tracer& trace) const {
    Pfn last = 0;
    for (const auto& e : m_entries) {
        const Pfn start = pfn_down(e.start), end = pfn_down(e.start + e.size);
        const bool counts = e.type == E820Type::ram || (with_acpi && e.type == E820Type::acpi);
        if (!counts || start >= limit) continue;
        if (end > limit) {
            last = limit;
            break;
        }
        last = std::max(last, end);
    }
    last = std::min(last, max_arch_pfn);
    if (trace) {
        trace.event({.kind = EventKind::e820_end_pfn, .a = last, .b = max_arch_pfn}, fmt::format("{:#x}", last));
        trace.printk(title(fmt::format("last_pfn = {:#x} max_arch_pfn = {:#x}", last, max_arch_pfn)));
    }
    return last;
}

Pfn E820Table::end_of_ram_pfn(Pfn max_arch_pfn, const Tracer& trace, bool with_acpi) const {
    return end_pfn(max_arch_pfn, max_arch_pfn, with_acpi, trace);
}

Pfn E820Table::end_of_low_ram_pfn(Pfn max_arch_pfn, const Tracer& trace, bool with_acpi) const {
    return end_pfn(pfn_down(four_gib), max_arch_pfn, with_acpi, trace);
}

PhysRange E820Table::pci_gap() const {
    PhysRange best{0, 0};
    PhysAddr last = four_gib;
    // Downwards; of equally large gaps the lowest wins.
    for (auto e = m_entries.rbegin(); e != m_entries.rend(); ++e) {
        const PhysAddr end = e->start + e->size;
        if (last > end && last - end >= std::max(best.size(), smallest_pci_gap)) best = {end, last};
        last = std::min(last, e->start);
    }
    if (!best.empty()) return best;
    const PhysAddr start = phys_of(end_pfn(no_pfn, no_pfn, false, {})) + MiB;
    return {start, start + smallest_pci_gap};
}

Broken E820Table::check() const {
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        const auto& e = m_entries[i];
        const PhysAddr end = e.start + e.size;
        if (e.size == 0 || end < e.start)
            return fmt::format("entry {} [{:#x}, +{:#x}) is empty or wraps", i, e.start, e.size);
        if (e.type == E820Type::none) return fmt::format("entry {} has no type", i);
        if (i + 1 == m_entries.size()) break;
        const auto& next = m_entries[i + 1];
        if (next.start < end) return fmt::format("entries {} and {} overlap or are out of order", i, i + 1);
        if (next.start == end && next.type == e.type && !e820_nomerge(e.type))
            return fmt::format("entries {} and {} touch and have one type", i, i + 1);
    }
    if (m_entries.size() > max_entries) return "more entries than max_entries";
    return {};
}

}  // namespace mm
