// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/log_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/firmware/command_line.h"
#include "engine/firmware/log_facts.h"
#include "engine/firmware/log_lines.h"
#include "engine/firmware/virt_board.h"

namespace mm {
namespace {

struct LineKind {
    std::string_view start;
    LineParser parse;
};

/// The beginnings of the lines we read; leading blanks do not count.
constexpr std::array line_kinds{
    LineKind{"BIOS-e820: ", parse_map_entry},
    LineKind{"BIOS-e801: ", parse_map_entry},
    LineKind{"BIOS-88: ", parse_map_entry},
    LineKind{"EFI-e820: ", parse_map_entry},
    LineKind{"Xen: ", parse_map_entry},
    LineKind{"extended: ", parse_extended_entry},
    LineKind{"reserve setup_data: ", parse_setup_data_entry},
    LineKind{"e820: update e820_", parse_kexec_update},
    LineKind{"e820: ", parse_e820_change},
    LineKind{"e820 update range: ", parse_old_e820_change},
    LineKind{"e820 remove range: ", parse_old_e820_change},
    LineKind{"update e820 range: ", parse_old_e820_change},
    LineKind{"update e820_table_kexec for ", parse_kexec_update},
    LineKind{"user-defined physical RAM map:", parse_user_map_title},
    LineKind{"last_pfn = ", parse_last_pfn},
    LineKind{"found SMP MP-table at ", parse_mp_table},
    LineKind{"MEMBLOCK configuration:", parse_memblock_filled},
    LineKind{"esrt: Reserving ESRT space", parse_esrt},
    LineKind{"init_memory_mapping: ", parse_memblock_filled},
    LineKind{"ACPI: RSDP ", parse_acpi_root},
    LineKind{"Zone ranges:", parse_memblock_filled},
    LineKind{"efi: ", parse_efi},
    LineKind{"EFI: mem", parse_efi},
    LineKind{"EFI v", parse_efi},
    LineKind{"ACPI: Reserving ", parse_acpi_table},
    LineKind{"ACPI: SRAT: ", parse_srat},
    LineKind{"SRAT: ", parse_srat},
    LineKind{"MTRR ", parse_mtrr},
    LineKind{"TOM2: ", parse_tom2},
    LineKind{"Linux version ", parse_banner},
    LineKind{"Command line: ", parse_command_line_fact},
    LineKind{"Kernel command line: ", parse_command_line_fact},
    LineKind{"RAMDISK: ", parse_ramdisk},
    LineKind{"Using GB pages", parse_gb_pages},
    LineKind{"SLUB: ", parse_slub},
    LineKind{"smpboot: Allowing ", parse_allowed_cpus},
    LineKind{"SMP: Allowing ", parse_allowed_cpus},
    LineKind{"CPU topo: Allowing ", parse_allowed_cpus},
    LineKind{"setup_percpu: NR_CPUS:", parse_setup_percpu},
    LineKind{"percpu: Embedded ", parse_percpu},
    LineKind{"PERCPU: Embedded ", parse_percpu},
    LineKind{"Memory: ", parse_memory_sizes},
    LineKind{"memblock_", parse_memblock},
    LineKind{"NX (Execute Disable) protection: ", parse_nx},
    LineKind{"DMA32 ", parse_dma32},
    LineKind{"Freeing ", parse_late_free},
    LineKind{"HugeTLB: registered 1.00 GiB page size", parse_gigantic_pages},
    LineKind{"lowmem  : 0x", parse_lowmem},
    LineKind{"Machine model: ", parse_machine_model},
    LineKind{"rcu: ", parse_rcu_cpus},
    LineKind{"node ", parse_early_node},
};

LineParser parser_for(std::string_view line) {
    const auto text = line.substr(std::min(line.find_first_not_of(' '), line.size()));
    for (const auto& kind : line_kinds)
        if (text.starts_with(kind.start)) return kind.parse;
    const bool indented = text.size() < line.size() && !text.empty();
    if (indented && text.find(" bad mem addr ") != std::string_view::npos) return parse_bad_memory;
    if (indented && (text[0] <= '9' || (text[0] >= 'A' && text[0] <= 'F'))) return parse_mtrr_range;
    if (text.ends_with("MB LOWMEM available.")) return parse_i386;
    return nullptr;
}

/// The boots of a log, of which only the best so far is kept: the last with a whole map, else the last with a piece.
class Boots {
public:
    /// arm64_memory: the memory of an arm64 machine is known from elsewhere.
    explicit Boots(bool arm64_memory) : m_arm64_memory(arm64_memory) {}

    void line(std::string_view line, unsigned number) {
        if (line.empty()) return;
        const bool title = line.starts_with("BIOS-provided physical RAM map:");
        if (line.starts_with("Linux version ") || (title && !m_current.machine.map.empty())) end_boot();
        // Only arm64 prints which CPU it is, and does so before the banner.
        if (line.starts_with("Booting Linux on physical CPU 0x")) m_booting_arm64 = line.ends_with(']');
        if (m_booting_arm64 && line.starts_with("Linux version ")) {
            m_current.machine.arch = Arch::arm64;
            m_booting_arm64 = false;
        }
        auto& m = m_current.machine;
        if (m.first_log_line == 0) m.first_log_line = number;
        m_current.line = m.last_log_line = number;
        const auto parse = parser_for(line);
        if (parse != parse_map_entry && !m_current.machine.map.empty()) m_current.map_closed = true;
        if (!parse) return;
        const bool indent_counts = parse == parse_mtrr_range;
        parse(indent_counts ? line : line.substr(line.find_first_not_of(' ')), m_current);
    }

    void end_boot() {
        if (m_current.machine.arch == Arch::arm64) m_current.map_closed = true;
        if (has_map(m_current) && (!has_map(m_best) || m_current.map_closed || !m_best.map_closed))
            m_best = std::move(m_current);
        else if (m_current.damaged != 0)
            m_damaged_line = m_current.damaged_line;
        if (m_current.machine.arch == Arch::arm64) m_arm64 = true;
        m_current = BootFacts();
    }

    BootFacts& best() { return m_best; }
    bool found() const { return has_map(m_best); }

    /// REQUIRES: not found().
    Error no_map(std::string file) const {
        const std::string example = "\"BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable\"";
        if (m_damaged_line != 0)
            return {"this line of the firmware's memory map could not be read; expected one like " + example,
                    std::move(file), m_damaged_line};
        if (m_arm64)
            return {
                "an arm64 kernel's log without a memory map; expected lines such as "
                "\"efi:   0x000040000000-0x000043ffffff [Conventional|...\" (boot with efi=debug), "
                "\"device_tree_memory\" in a config.json beside it, or the kernel's \"Early memory node ranges\"",
                std::move(file), 0};
        return {"no firmware memory map in it: expected lines such as " + example + " from the start of a kernel's log",
                std::move(file), 0};
    }

private:
    bool has_map(const BootFacts& boot) const {
        const Machine& m = boot.machine;
        if (m.arch != Arch::arm64) return !m.map.empty();
        return m_arm64_memory || !m.efi_map.empty() || !boot.early_nodes.empty();
    }

    bool m_arm64_memory;
    BootFacts m_current, m_best;
    unsigned m_damaged_line = 0;
    bool m_arm64 = false, m_booting_arm64 = false;
};

std::optional<Error> refuse(std::string_view text, const std::string& file) {
    if (text.empty()) return Error{"the file is empty; expected a kernel's log", file, 0};
    if (text.size() > max_log_bytes)
        return Error{fmt::format("{} MiB are too much to read as a kernel's log; at most {} MiB", text.size() / MiB,
                                 max_log_bytes / MiB),
                     file, 0};
    if (text.starts_with("\x1f\x8b") || text.starts_with("\x28\xb5\x2f\xfd") ||
        text.starts_with("\xfd"
                         "7zXZ"))
        return Error{"the file is compressed; expected a kernel's log as plain text", file, 0};
    const auto zeros = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\0'));
    if (zeros > text.size() / 10)
        return Error{fmt::format("binary data ({} of {} bytes are zero); expected a kernel's log as plain text", zeros,
                                 text.size()),
                     file, 0};
    return {};
}

/// "gbpages" and "nogbpages", the last one wins.
bool uses_gb_pages(std::string_view command_line) {
    bool uses = true;
    for (const KernelParam& param : parse_command_line(command_line))
        if (param.name == "gbpages" || param.name == "nogbpages") uses = param.name == "gbpages";
    return uses;
}

}  // namespace

void BootFacts::finish() {
    auto& m = machine;
    if (!extended_map.empty()) m.map = std::move(extended_map);
    if (m.setup_data.empty()) m.setup_data = setup_data_from_map(setup_data_map);
    assume_tom2(m);
    drop_mtrr_trims(m);
    settle_architecture();
    if (has_gigantic_pages && m.arch == Arch::x86_64) m.gb_pages |= uses_gb_pages(m.command_line);
    // mem_section[]'s root tells how much memory can be addressed.
    const auto is_root = [](const MemblockCall& call) {
        return call.kind == MemblockCallKind::alloc && call.caller == "sparse_init" && call.size >= MiB;
    };
    m.la57 |= m.arch == Arch::x86_64 && std::any_of(m.memblock_calls.begin(), m.memblock_calls.end(), is_root);
    if (m.version == KernelVersion{}) {
        m.version = {6, 1, 0};
        m.notes.push_back("The log does not name the kernel's version (its first lines are missing): 6.1 is assumed.");
    }
    if (damaged != 0)
        m.notes.push_back(
            fmt::format("{} lines of the memory map could not be read, the first in line {}.", damaged, damaged_line));
    if (!map_closed && m.arch != Arch::arm64)
        m.notes.push_back("The log ends within the memory map: the map may be longer.");
    if (m.image.code == 0)
        m.notes.push_back("The log has no \"Memory:\" line: the kernel image's size is the profile's.");
}

Outcome<Machine> read_log(std::string_view text, std::string name, std::string file, const MachineConfig& config) {
    if (auto error = refuse(text, file)) return std::move(*error);
    Boots boots(config.arch == Arch::arm64 && !config.device_tree_memory.empty());
    LogLines lines(text);
    while (const auto line = lines.next())
        boots.line(*line, lines.number());
    boots.end_boot();
    auto& boot = boots.best();
    if (!boots.found()) return boots.no_map(std::move(file));
    boot.finish();
    if (boot.machine.arch == Arch::arm64) hand_over(boot.machine, config, boot.early_nodes);
    boot.machine.name = std::move(name);
    return std::move(boot.machine);
}

}  // namespace mm
