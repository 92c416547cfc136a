// SPDX-License-Identifier: GPL-3.0-or-later
// The firmware's map as bytes: entries of 20 bytes as struct boot_e820_entry packs them. A table that was sorted must
// keep its invariants, and between any two of the points where entries start or end the highest type of the input
// stands.
#include <cstdlib>
#include <cstring>
#include <set>

#include "engine/e820/e820_table.h"
#include "engine/e820/update_table.h"

namespace {

using namespace mm;

std::vector<E820Entry> entries_of(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t packed = 20;
    std::vector<E820Entry> entries;
    for (; size >= packed; data += packed, size -= packed) {
        E820Entry e;
        std::memcpy(&e.start, data, 8);
        std::memcpy(&e.size, data + 8, 8);
        std::memcpy(&e.type, data + 16, 4);
        entries.push_back(e);
    }
    return entries;
}

E820Type highest_at(const std::vector<E820Entry>& entries, PhysAddr addr) {
    E820Type highest = E820Type::none;
    for (const auto& e : entries)
        if (addr >= e.start && addr - e.start < e.size) highest = std::max(highest, e.type);
    return highest;
}

void check_against_input(const E820Table& table, const std::vector<E820Entry>& entries) {
    std::set<PhysAddr> points;
    for (const auto& e : entries)
        points.insert({e.start, e.start + e.size});
    for (const PhysAddr addr : points)
        if (table.type_at(addr) != highest_at(entries, addr)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto entries = entries_of(data, size);
    E820Table table;
    if (table.append(entries) && table.update_table()) {
        if (table.check()) std::abort();
        if (entries.size() < 200) check_against_input(table, entries);
        (void)table.print_lines("BIOS-e820");
        (void)table.pci_gap();
        (void)table.end_of_ram_pfn(Pfn{1} << 34);
    }
    E820Table chain;
    chain.memory_setup(entries, 0x1000, 0x2000);
    for (const auto& e : entries) {
        chain.range_update(e.start, e.size, E820Type::ram, E820Type::reserved);
        chain.range_remove(e.start, e.size, E820Type::reserved, e.size % 2);
    }
    if (chain.update_table() && chain.check()) std::abort();
    return 0;
}
