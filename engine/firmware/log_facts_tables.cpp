// SPDX-License-Identifier: GPL-3.0-or-later
// Tables the firmware left in memory: EFI's map, ACPI, SRAT, the MP table.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/firmware/log_facts.h"
#include "engine/firmware/log_scanner.h"

namespace mm {
namespace {

constexpr Bytes mp_pointer_size = 16;

constexpr std::array<std::string_view, 15> efi_types{"Reserved",  "Loader Code",  "Loader Data",  "Boot Code",
                                                     "Boot Data", "Runtime Code", "Runtime Data", "Conventional",
                                                     "Unusable",  "ACPI Reclaim", "ACPI Mem NVS", "MMIO",
                                                     "MMIO Port", "PAL Code",     "Persistent"};

std::string trimmed(std::string_view text) {
    const auto last = text.find_last_not_of(' ');
    return std::string(text.substr(0, last == std::string_view::npos ? 0 : last + 1));
}

/// "[Conventional|   |...|UC] " or "type=7, attr=0xf, ".
bool take_efi_type(LogScanner& in, EfiMemDesc& desc) {
    if (in.take("[")) {
        const auto text = in.rest();
        const auto bar = text.find('|'), close = text.find(']');
        if (bar == std::string_view::npos || close == std::string_view::npos || bar > close) return false;
        desc.type = trimmed(text.substr(0, bar));
        desc.attributes = text.substr(bar + 1, close - bar - 1);
        return true;
    }
    if (!in.take("type=")) return false;
    const auto number = in.take_decimal();
    if (!number) return false;
    desc.type = *number < efi_types.size() ? std::string(efi_types[*number]) : fmt::format("type {}", *number);
    if (in.skip_past("attr="))
        if (const auto attr = in.take_hex()) desc.attributes = fmt::format("{:#x}", *attr);
    return true;
}

/// "range=[0x0-0xfff]" or, in old kernels, "range=[0x0-0x1000)".
std::optional<PhysRange> take_efi_range(LogScanner& in) {
    if (!in.skip_past("range=[")) return {};
    auto range = in.take_old_range();
    if (!range) return {};
    if (in.take("]")) ++range->end;
    return range;
}

/// "mem00: ...". The kernel prints the map again after moving to virtual addresses: only the first listing counts.
void parse_efi_mem(LogScanner& in, BootFacts& boot) {
    const auto index = in.take_decimal();
    if (!index || !in.take(":")) return;
    if (*index < boot.next_efi_index) boot.efi_map_closed = true;
    if (boot.efi_map_closed) return;
    in.skip_blanks();
    EfiMemDesc desc;
    if (!take_efi_type(in, desc)) return;
    const auto range = take_efi_range(in);
    if (!range) return;
    desc.range = *range;
    boot.machine.efi_map.push_back(std::move(desc));
    boot.next_efi_index = static_cast<unsigned>(*index) + 1;
}

/// arm64 with efi=debug: "0x000040000000-0x000043ffffff [Conventional|   |...]".
void parse_efi_range(LogScanner& in, BootFacts& boot) {
    auto range = in.take_old_range();
    if (!range) return;
    in.skip_blanks();
    EfiMemDesc desc;
    desc.range = {range->start, range->end + 1};
    if (take_efi_type(in, desc) && !desc.range.empty()) boot.machine.efi_map.push_back(std::move(desc));
}

/// "SMBIOS 3.0=0x7fed0000 MEMATTR=0x7cbfa018 ACPI 2.0=0x7c430018": what else the firmware's system table points to.
void parse_efi_config(std::string_view words, EfiTables& tables) {
    const auto address = [&](std::string_view name) -> PhysAddr {
        LogScanner in(words);
        return in.skip_past(name) ? in.take_number().value_or(0) : 0;
    };
    tables.attributes = address(" MEMATTR=");
    tables.memreserve = address(" MEMRESERVE=");
    tables.initrd = address(" INITRD=") != 0;
}

/// "  MemMap Address       : 0x000000007c43d9c0", then its size.
void parse_efi_memmap(LogScanner& in, EfiTables& tables) {
    const bool is_size = in.take("Size");
    if (!is_size && !in.take("Address")) return;
    const auto value = in.skip_past(": ") ? in.take_number() : std::nullopt;
    if (!value) return;
    if (!is_size)
        tables.memory_map = {*value, *value};
    else if (*value <= GiB)
        tables.memory_map.end = tables.memory_map.start + *value;
}

void parse_srat_memory(LogScanner& in, Nid nid, BootFacts& boot) {
    const auto pxm = in.take(" PXM ") ? in.take_decimal() : std::nullopt;
    if (!pxm || !in.take(" ")) return;
    auto range = in.take_mem();
    if (!range) range = in.take_old_range();
    if (!range) return;
    SratMemory entry{.nid = nid, .pxm = static_cast<unsigned>(*pxm), .range = *range};
    entry.hotplug = in.rest().find("hotplug") != std::string_view::npos;
    entry.non_volatile = in.rest().find("non-volatile") != std::string_view::npos;
    boot.machine.srat_memory.push_back(entry);
}

/// "PXM 0 -> APIC 0x00 -> Node 0", behind "SRAT: ".
void parse_srat_cpu(LogScanner& in, BootFacts& boot) {
    const auto pxm = in.take_decimal();
    const auto apic = in.take(" -> APIC ") ? in.take_number() : std::nullopt;
    const auto nid = in.take(" -> Node ") ? in.take_decimal() : std::nullopt;
    if (pxm && apic && nid && *nid < max_nodes)
        boot.machine.srat_cpus.push_back(
            {static_cast<unsigned>(*pxm), static_cast<unsigned>(*apic), static_cast<Nid>(*nid)});
}

}  // namespace

void parse_efi(std::string_view line, BootFacts& boot) {
    LogScanner in(line);
    if (!in.take("efi: ")) in.take("EFI: ");
    if (in.rest().starts_with("  0x")) {
        in.skip_blanks();
        return parse_efi_range(in, boot);
    }
    if (in.take("  MemMap ")) return parse_efi_memmap(in, boot.machine.efi_tables);
    if (in.rest().find("SMBIOS") != std::string_view::npos && in.rest().find("=0x") != std::string_view::npos)
        return parse_efi_config(in.rest(), boot.machine.efi_tables);
    if (in.rest().starts_with("memattr")) return;
    if (in.take("mem")) return parse_efi_mem(in, boot);
    if (!in.take("EFI v")) return;
    boot.machine.efi = true;
    if (boot.machine.efi_line.empty())
        boot.machine.efi_line = line.starts_with("EFI v") ? "efi: " + std::string(line) : line;
}

/// "ffffffffffffffff bad mem addr 0x0000000012345678 - 0x0000000012345680 reserved", of memtest.
void parse_bad_memory(std::string_view line, BootFacts& boot) {
    constexpr std::size_t most = 4096;
    LogScanner in(line);
    const auto pattern = in.take_hex();
    const auto start = pattern && in.take(" bad mem addr ") ? in.take_hex() : std::nullopt;
    const auto end = start && in.take(" - ") ? in.take_hex() : std::nullopt;
    if (end && *start < *end && boot.machine.bad_memory.size() < most)
        boot.machine.bad_memory.push_back({*pattern, {*start, *end}});
}

/// "esrt: Reserving ESRT space from 0x000000007b0c2a98 to 0x000000007b0c2ad0."
void parse_esrt(std::string_view line, BootFacts& boot) {
    boot.memblock_filled = true;
    LogScanner in(line);
    const auto start = in.skip_past(" from ") ? in.take_number() : std::nullopt;
    const auto end = start && in.take(" to ") ? in.take_number() : std::nullopt;
    if (end && *start < *end) boot.machine.efi_tables.esrt = {*start, *end};
}

/// "ACPI: Reserving FACP table memory at [mem 0x7ffe19eb-0x7ffe1a5e]".
void parse_acpi_table(std::string_view line, BootFacts& boot) {
    LogScanner in(line);
    in.skip_past("Reserving ");
    const std::string name(in.rest().substr(0, in.rest().find(' ')));
    if (!in.skip_past(" table memory at ")) return;
    if (const auto range = in.take_mem()) boot.machine.acpi_tables.push_back({name, *range});
}

/// "SRAT: Node 0 PXM 0 [mem 0x0-0x9ffff] hotplug" (old: "0-a0000") and "SRAT: PXM 0 -> APIC 0x00 -> Node 0".
/// "ACPI: RSDP 0x00000000000F59D0 000014 (v00 BOCHS )"
void parse_acpi_root(std::string_view line, BootFacts& boot) {
    boot.memblock_filled = true;
    LogScanner in(line);
    if (!in.skip_past("(v") || !in.skip_past(" ")) return;
    boot.machine.acpi_maker = in.rest().substr(0, in.rest().find_first_of(" )"));
}

void parse_srat(std::string_view line, BootFacts& boot) {
    LogScanner in(line);
    in.skip_past("SRAT: ");
    if (in.take("PXM ")) return parse_srat_cpu(in, boot);
    if (!in.take("Node ")) return;
    const auto nid = in.take_decimal();
    if (nid && *nid < max_nodes) parse_srat_memory(in, static_cast<Nid>(*nid), boot);
}

/// "found SMP MP-table at [mem 0x000f5ba0-0x000f5baf]", old: "found SMP MP-table at [ffff8800000f5ba0] f5ba0".
void parse_mp_table(std::string_view line, BootFacts& boot) {
    LogScanner in(line);
    in.skip_past(" at ");
    auto& ranges = boot.machine.mp_table;
    if (const auto range = in.take_mem())
        ranges.push_back(*range);
    else if (in.skip_past("] "))
        if (const auto start = in.take_hex()) ranges.push_back({*start, *start + mp_pointer_size});
}

}  // namespace mm
