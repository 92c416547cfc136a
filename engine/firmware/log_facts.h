// SPDX-License-Identifier: GPL-3.0-or-later
// What a log said about one boot while it is being read, and the parsers that fill it: one small function a kind of
// line, found by the line's beginning in the table of log_reader.cpp. A parser gets the line without transport prefix;
// what it cannot read it leaves out, or complains about where the loss would matter. Private to the log reader.
#pragma once

#include <string_view>

#include "engine/firmware/machine.h"

namespace mm {

struct BootFacts {
    Machine machine;
    bool map_closed = false;  ///< something followed the map: it is complete
    unsigned damaged = 0;     ///< map lines that could not be read
    unsigned damaged_line = 0;
    unsigned line = 0;  ///< the line being read

    std::vector<E820Entry> extended_map;        ///< "extended: " lines: the map with what did not fit in the zero page
    std::vector<E820Entry> setup_data_map;      ///< "reserve setup_data: " lines
    std::vector<DeviceTreeMemory> early_nodes;  ///< arm64: "Early memory node ranges", the last resort
    bool memblock_filled = false;
    bool has_gigantic_pages = false;
    bool memblock_retired = false;  ///< its memory is the page allocator's: later calls change nothing
    bool efi_map_closed = false;
    unsigned next_efi_index = 0;
    bool in_mtrr_fixed = false;
    bool arch_known = false, pae_known = false;

    /// Settles what only the whole log tells.
    void finish();

private:
    void settle_architecture();
};

using LineParser = void (*)(std::string_view line, BootFacts& boot);

// log_facts_map.cpp
void parse_map_entry(std::string_view line, BootFacts& boot);
void parse_extended_entry(std::string_view line, BootFacts& boot);
void parse_setup_data_entry(std::string_view line, BootFacts& boot);
void parse_e820_change(std::string_view line, BootFacts& boot);
void parse_old_e820_change(std::string_view line, BootFacts& boot);
void parse_kexec_update(std::string_view line, BootFacts& boot);
void parse_user_map_title(std::string_view line, BootFacts& boot);
void parse_last_pfn(std::string_view line, BootFacts& boot);
void parse_memblock_filled(std::string_view line, BootFacts& boot);
/// Drops the updates that mtrr_trim_uncached_memory() made, which follow from the registers.
void drop_mtrr_trims(Machine& machine);
/// The setup_data pieces that "reserve setup_data:" lines show.
std::vector<PhysRange> setup_data_from_map(const std::vector<E820Entry>& map);

// log_facts_tables.cpp: EFI, ACPI, SRAT
void parse_lowmem(std::string_view line, BootFacts& boot);
void parse_bad_memory(std::string_view line, BootFacts& boot);
void parse_esrt(std::string_view line, BootFacts& boot);
void parse_efi(std::string_view line, BootFacts& boot);
void parse_acpi_table(std::string_view line, BootFacts& boot);
void parse_acpi_root(std::string_view line, BootFacts& boot);
void parse_srat(std::string_view line, BootFacts& boot);
void parse_mp_table(std::string_view line, BootFacts& boot);

// log_facts_mtrr.cpp
void parse_mtrr(std::string_view line, BootFacts& boot);
void parse_mtrr_range(std::string_view line, BootFacts& boot);
void parse_tom2(std::string_view line, BootFacts& boot);
/// Where the log does not name TOM2 but tells by what it does not trim that there is one, sets it.
void assume_tom2(Machine& machine);

// log_facts_kernel.cpp: banner, command line, image, CPUs
void parse_banner(std::string_view line, BootFacts& boot);
void parse_command_line_fact(std::string_view line, BootFacts& boot);
void parse_ramdisk(std::string_view line, BootFacts& boot);
void parse_gb_pages(std::string_view line, BootFacts& boot);
void parse_slub(std::string_view line, BootFacts& boot);
void parse_allowed_cpus(std::string_view line, BootFacts& boot);
void parse_late_free(std::string_view line, BootFacts& boot);
void parse_setup_percpu(std::string_view line, BootFacts& boot);
void parse_percpu(std::string_view line, BootFacts& boot);
void parse_memory_sizes(std::string_view line, BootFacts& boot);
void parse_gigantic_pages(std::string_view line, BootFacts& boot);
void parse_memblock(std::string_view line, BootFacts& boot);

// log_facts_arch.cpp
void parse_i386(std::string_view line, BootFacts& boot);
void parse_dma32(std::string_view line, BootFacts& boot);
void parse_nx(std::string_view line, BootFacts& boot);
/// The only number that tells how many levels the page tables have: 2^(bits of a physical address) frames.
void see_max_arch_pfn(Pfn max_arch_pfn, BootFacts& boot);

// log_facts_arm64.cpp
void parse_machine_model(std::string_view line, BootFacts& boot);
void parse_rcu_cpus(std::string_view line, BootFacts& boot);
void parse_early_node(std::string_view line, BootFacts& boot);

}  // namespace mm
