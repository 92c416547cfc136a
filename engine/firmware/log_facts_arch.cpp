// SPDX-License-Identifier: GPL-3.0-or-later
// 64 or 32 bits, with PAE or without: a log seldom says so, its lines show it.
#include <algorithm>

#include "engine/firmware/log_facts.h"
#include "engine/firmware/log_scanner.h"
#include "engine/profile/address_space.h"

namespace mm {
namespace {

constexpr Pfn max_arch_pfn_i386 = pfn_down(4 * GiB), max_arch_pfn_pae = pfn_down(64 * GiB);
/// No distribution's 64-bit kernel is built for so few CPUs; the usual 32-bit ones are.
constexpr unsigned most_cpus_of_i386 = 32;

bool ram_above_4g(const Machine& m) {
    return std::any_of(m.map.begin(), m.map.end(), [](const E820Entry& e) {
        return e.type == E820Type::ram && e.size != 0 && e.start + (e.size - 1) >= 4 * GiB;
    });
}

/// Ubuntu's 32-bit -generic kernels have had PAE since 12.10.
bool has_pae(const Machine& m) {
    return m.nx || (m.banner.find("-generic") != std::string::npos && m.version >= KernelVersion{3, 5, 0});
}

}  // namespace

/// "727MB HIGHMEM available." and "887MB LOWMEM available." are printed by 32-bit kernels only.
void parse_i386(std::string_view, BootFacts& boot) {
    boot.machine.arch = Arch::i386;
    boot.arch_known = true;
}

/// "    lowmem  : 0x80000000 - 0xf77fe000   (1911 MB)": where the kernel was built to begin (CONFIG_PAGE_OFFSET).
void parse_lowmem(std::string_view line, BootFacts& boot) {
    LogScanner in(line);
    const auto start = in.skip_past(": ") ? in.take_hex() : std::nullopt;
    if (!start || !is_i386_split(*start, false)) return;
    boot.machine.arch = Arch::i386;
    boot.arch_known = true;
    boot.machine.image.page_offset = *start;
}

/// "DMA32" is a zone of 64-bit kernels only.
void parse_dma32(std::string_view, BootFacts& boot) {
    boot.arch_known = true;
}

/// "NX (Execute Disable) protection: active".
void parse_nx(std::string_view line, BootFacts& boot) {
    boot.machine.nx = line.ends_with("active");
}

void see_max_arch_pfn(Pfn max_arch_pfn, BootFacts& boot) {
    constexpr Pfn widest_four_level = Pfn{1} << 34;
    boot.arch_known = true;
    boot.machine.la57 = max_arch_pfn > widest_four_level;
    if (max_arch_pfn != max_arch_pfn_i386 && max_arch_pfn != max_arch_pfn_pae) return;
    boot.machine.arch = Arch::i386;
    boot.machine.pae = max_arch_pfn == max_arch_pfn_pae;
    boot.pae_known = true;
}

void BootFacts::settle_architecture() {
    auto& m = machine;
    if (!arch_known && m.arch == Arch::x86_64 && m.nr_cpus_config != 0 && m.nr_cpus_config <= most_cpus_of_i386 &&
        !m.efi && !m.gb_pages && !ram_above_4g(m)) {
        m.arch = Arch::i386;
        m.notes.push_back(
            "The log does not say whether the kernel has 32 or 64 bits: built for few CPUs and on a machine without "
            "memory above 4 GiB, it is taken to have 32.");
    }
    if (m.arch == Arch::i386 && !pae_known && !m.pae) m.pae = has_pae(m);
}

}  // namespace mm
