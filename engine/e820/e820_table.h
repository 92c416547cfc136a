// SPDX-License-Identifier: GPL-3.0-or-later
// struct e820_table: the kernel's idea of the firmware's memory map, with the operations of arch/x86/kernel/e820.c
// (Linux 6.1) under their own names. Entries may overlap until update_table() has sorted them out by type (the higher
// type number wins), at most max_entries of them.
//
//      firmware   [ram..............[reserved......]..........)
//      sanitized  [ram.............)[reserved......)[ram......)
//
// Lengths are kept as start and size because hostile maps wrap (start + size > 2^64); update_table() behaves as the
// kernel's does then (a table with a wrapping entry is refused: see update_table).
#pragma once

#include <string>
#include <vector>

#include "engine/firmware/machine.h"
#include "engine/types/outcome.h"
#include "engine/types/trace.h"

namespace mm {

/// What e820_print_type() prints: "usable", "reserved", "ACPI data", "ACPI NVS", "unusable", "persistent (type 7)"...
std::string e820_type_name(E820Type);

class E820Table {
public:
    static constexpr unsigned max_entries = 128 + 3 * 1024;  ///< E820_MAX_ENTRIES, 64-bit: 128 + 3 * MAX_NUMNODES

    E820Table() = default;
    /// The words of the kernel whose table this is; the newest kernel's unless set.
    void set_dialect(const LogDialect& dialect) { m_log = dialect; }
    const std::vector<E820Entry>& entries() const { return m_entries; }
    bool empty() const { return m_entries.empty(); }

    void range_add(PhysAddr start, Bytes size, E820Type type, const Tracer& trace = {});  ///< e820__range_add
    /// e820__range_update: changes old_type to new_type inside the range; returns the bytes changed, prints the line.
    Bytes range_update(PhysAddr start, Bytes size, E820Type old_type, E820Type new_type, const Tracer& trace = {});
    /// e820__range_remove: removes old_type (any type with check_type false) inside the range; returns the bytes
    /// removed.
    Bytes range_remove(PhysAddr start, Bytes size, E820Type old_type, bool check_type, const Tracer& trace = {});
    /// e820__update_table: sort, resolve overlaps. False: left alone (fewer than two entries, or an entry that wraps).
    bool update_table(const Tracer& trace = {});
    /// append_e820_table: adds firmware entries. False with fewer than two (nothing added), or at the first entry that
    /// overflows 64 bits (those before it stay, as in the kernel; memory_setup() then starts over).
    bool append(const std::vector<E820Entry>& firmware, const Tracer& trace = {});
    /// e820__memory_setup_default's whole chain: append or the BIOS-e801 / BIOS-88 fake map; returns the map's name.
    std::string memory_setup(const std::vector<E820Entry>& firmware, std::uint32_t alt_mem_k, std::uint32_t ext_mem_k,
                             const Tracer& trace = {});

    bool mapped_all(PhysRange range, E820Type type) const;  ///< e820__mapped_all
    bool mapped_any(PhysRange range, E820Type type) const;  ///< e820__mapped_any
    E820Type type_at(PhysAddr addr) const;                  ///< none if no entry

    /// e820_end_pfn(limit): one past the last usable frame below limit, clamped to max_arch_pfn; prints "last_pfn = ".
    /// with_acpi: ACPI tables count too, from 6.11 on. e820__end_of_ram_pfn.
    Pfn end_of_ram_pfn(Pfn max_arch_pfn, const Tracer& trace = {}, bool with_acpi = false) const;
    /// The same below 4 GiB: e820__end_of_low_ram_pfn.
    Pfn end_of_low_ram_pfn(Pfn max_arch_pfn, const Tracer& trace = {}, bool with_acpi = false) const;
    /// "BIOS-provided physical RAM map:" and the like, as this kernel words it.
    std::string title(std::string_view text) const;

    /// e820__print_table: one line an entry: "BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable".
    std::vector<std::string> print_lines(std::string_view who) const;

    /// The largest gap of at least 4 MiB below 4 GiB, for PCI (e820__setup_pci_gap); without one, 4 MiB from 1 MiB
    /// above the end of RAM, as the kernel takes. REQUIRES: update_table() was called.
    PhysRange pci_gap() const;

    /// After update_table: sorted, disjoint, no empty entry, no two equal neighbours that touch.
    Broken check() const;
    friend bool operator==(const E820Table&, const E820Table&) = default;

private:
    void add(E820Entry entry, std::vector<std::string>& lines);
    Pfn end_pfn(Pfn limit, Pfn max_arch_pfn, bool with_acpi, const Tracer& trace) const;
    std::string change_text(std::string_view change, PhysRange range, std::string_view types) const;

    std::vector<E820Entry> m_entries;
    LogDialect m_log{.mem_ranges = true};
};

}  // namespace mm
