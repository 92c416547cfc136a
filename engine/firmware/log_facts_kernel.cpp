// SPDX-License-Identifier: GPL-3.0-or-later
// What the log says about the kernel itself: version, command line, image, initrd, CPUs.
#include <algorithm>
#include <array>
#include <utility>

#include "engine/firmware/log_facts.h"
#include "engine/firmware/log_scanner.h"

namespace mm {
namespace {

constexpr Bytes largest_percpu = 64 * MiB;  // a unit, far above any real one
constexpr PhysAddr lowest_brk = 16 * MiB;   // the image is linked and never loaded below
constexpr Bytes largest_brk = MiB;

void set_cpus(BootFacts& boot, std::uint64_t count) {
    boot.machine.possible_cpus = static_cast<unsigned>(std::clamp<std::uint64_t>(count, 1, most_cpus));
}

std::optional<std::uint64_t> number_behind(std::string_view line, std::string_view word) {
    LogScanner in(line);
    return in.skip_past(word) ? in.take_decimal() : std::nullopt;
}

}  // namespace

void parse_banner(std::string_view line, BootFacts& boot) {
    auto& m = boot.machine;
    if (!m.banner.empty()) return;
    m.banner = line;
    m.version = parse_kernel_version(line);
    const auto says = [&](std::string_view word) { return line.find(word) != std::string_view::npos; };
    if (says("aarch64") || says("-arm64"))
        m.arch = Arch::arm64;
    else if (says("-686") || says("i386") || says("i586") || says("i686") || says("-pae"))
        m.arch = Arch::i386;
    m.pae = m.arch == Arch::i386 && (says("-pae") || says(".PAE") || says("-bigmem"));
    boot.arch_known = m.arch != Arch::x86_64 || says("x86_64") || says("amd64");
}

/// "Command line: " is the boot loader's; "Kernel command line: ", later, may have gained built-in parameters.
void parse_command_line_fact(std::string_view line, BootFacts& boot) {
    LogScanner in(line);
    in.skip_past("ommand line: ");
    if (boot.machine.command_line.empty()) boot.machine.command_line = in.rest();
}

/// "RAMDISK: [mem 0x7fee4000-0x7ffdffff]", old: "RAMDISK: 370bc000 - 37fefbee".
void parse_ramdisk(std::string_view line, BootFacts& boot) {
    LogScanner in(line);
    in.take("RAMDISK: ");
    auto range = in.take_mem();
    if (!range) range = in.take_old_range();
    if (range && !range->empty()) boot.machine.ramdisk = range;
    boot.memblock_filled = true;
}

void parse_gb_pages(std::string_view, BootFacts& boot) {
    boot.machine.gb_pages = true;
}

/// "SLUB: HWalign=64, Order=0-3, MinObjects=0, CPUs=2, Nodes=1": that it speaks at all.
void parse_slub(std::string_view, BootFacts& boot) {
    boot.machine.slub = true;
}

/// "smpboot: Allowing 2 CPUs, 0 hotplug CPUs", "CPU topo: Allowing 2 present CPUs plus 0 hotplug CPUs".
void parse_allowed_cpus(std::string_view line, BootFacts& boot) {
    const auto cpus = number_behind(line, "Allowing ");
    if (!cpus) return;
    const bool apart = line.find("present CPUs plus") != std::string_view::npos;
    const auto hotplug = number_behind(line, apart ? "plus " : ", ").value_or(0);
    set_cpus(boot, apart ? *cpus + hotplug : *cpus);
    boot.machine.hotplug_cpus = static_cast<unsigned>(std::min<std::uint64_t>(hotplug, boot.machine.possible_cpus - 1));
}

/// "Freeing initrd memory: 1008K", old: "Freeing SMP alternatives: 36k freed".
void parse_late_free(std::string_view line, BootFacts& boot) {
    LogScanner in(line);
    in.take("Freeing ");
    const std::string_view text = in.rest();
    const auto colon = text.find(": ");
    if (colon == std::string_view::npos) return;
    std::string_view what = text.substr(0, colon);
    if (what.ends_with(" memory")) what.remove_suffix(7);
    LogScanner number(text.substr(colon + 2));
    const auto kib = number.take_decimal();
    if (!kib || *kib > TiB / KiB || !(number.take("K") || number.take("k"))) return;
    boot.machine.late_frees.push_back({std::string(what), *kib * KiB});
}

/// "setup_percpu: NR_CPUS:8192 nr_cpumask_bits:2 nr_cpu_ids:2 nr_node_ids:2".
void parse_setup_percpu(std::string_view line, BootFacts& boot) {
    if (const auto cpus = number_behind(line, "nr_cpu_ids:")) set_cpus(boot, *cpus);
    if (const auto cpus = number_behind(line, "NR_CPUS:"))
        boot.machine.nr_cpus_config = static_cast<unsigned>(std::min<std::uint64_t>(*cpus, most_cpus));
}

/// "percpu: Embedded 62 pages/cpu s217088 r8192 d28672 u2097152", old: with "@ffff880000600000" before the sizes.
void parse_percpu(std::string_view line, BootFacts& boot) {
    LogScanner in(line);
    PercpuFacts facts{.known = true};
    const std::array<std::pair<std::string_view, Bytes*>, 4> fields{
        {{" s", &facts.static_size}, {" r", &facts.reserved_size}, {" d", &facts.dyn_size}, {" u", &facts.unit_size}}};
    in.skip_past("pages/cpu");
    for (const auto& [word, size] : fields) {
        const auto number = in.skip_past(word) ? in.take_decimal() : std::nullopt;
        if (!number || *number > largest_percpu) return;
        *size = *number;
    }
    if (facts.unit_size != 0) boot.machine.percpu = facts;
}

/// "Memory: 338620K/2096632K available (14343K kernel code, 2338K rwdata, ...)"; the totals may be "?K".
void parse_memory_sizes(std::string_view line, BootFacts& boot) {
    boot.memblock_retired = true;  // mem_init_print_info() comes right after memblock_free_all()
    LogScanner in(line);
    if (!in.skip_past("(")) return;
    auto image = boot.machine.image;
    const std::array<std::pair<std::string_view, Bytes*>, 6> fields{{{"kernel code", &image.code},
                                                                     {"rwdata", &image.rwdata},
                                                                     {"rodata", &image.rodata},
                                                                     {"init", &image.init},
                                                                     {"bss", &image.bss},
                                                                     {"data", &image.rwdata}}};
    while (!in.at_end()) {
        const auto kib = in.take_decimal();
        if (kib && *kib < TiB / KiB && (in.take("K ") || in.take("k ")))
            for (const auto& [name, size] : fields)
                if (in.take(name)) {
                    *size = *kib * KiB;
                    break;
                }
        if (!in.skip_past(", ")) break;
    }
    // No kernel is larger: its page tables in the image end there (KERNEL_IMAGE_SIZE).
    constexpr Bytes kernel_image_size = 512 * MiB;
    if (image.code + image.rwdata + image.rodata + image.init + image.bss < kernel_image_size)
        boot.machine.image = image;
}

/// HugeTLB offers 1 GiB pages where the CPU has them; the direct map uses them then, unless told not to.
void parse_gigantic_pages(std::string_view, BootFacts& boot) {
    boot.has_gigantic_pages = true;
}

/// With memblock=debug: the calls of boot code; among them the MP table's second part, and where brk ended.
void parse_memblock(std::string_view line, BootFacts& boot) {
    auto call = boot.memblock_retired ? std::nullopt : parse_memblock_call(line);
    if (!call) return;
    auto& m = boot.machine;
    const PhysRange& range = call->range;
    if (call->kind == MemblockCallKind::reserve && call->caller == "smp_scan_config") {
        if (std::find(m.mp_table.begin(), m.mp_table.end(), range) == m.mp_table.end()) m.mp_table.push_back(range);
    } else if (call->kind == MemblockCallKind::reserve && call->caller == "setup_arch" && range.start >= lowest_brk &&
               range.size() <= largest_brk) {
        m.image.brk_end = range.end;
    }
    m.memblock_calls.push_back(std::move(*call));
}

}  // namespace mm
