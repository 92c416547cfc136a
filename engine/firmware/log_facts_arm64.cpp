// SPDX-License-Identifier: GPL-3.0-or-later
// Lines that only arm64 kernels print, or that matter there alone.
#include <algorithm>

#include "engine/firmware/log_facts.h"
#include "engine/firmware/log_scanner.h"

namespace mm {
namespace {

constexpr std::size_t most_ranges = 4096;

}  // namespace

/// The Raspberry Pi 4's devices reach the first GiB only (dma-ranges in its device tree).
void parse_machine_model(std::string_view line, BootFacts& boot) {
    boot.machine.machine_model = line.substr(line.find(": ") + 2);
    if (boot.machine.machine_model.starts_with("Raspberry Pi 4")) boot.machine.dma_bits = 30;
}

/// "rcu: \tRCU restricting CPUs from NR_CPUS=256 to nr_cpu_ids=2.": there is no "Allowing" line here.
void parse_rcu_cpus(std::string_view line, BootFacts& boot) {
    if (boot.machine.arch != Arch::arm64) return;
    LogScanner in(line);
    if (in.skip_past("NR_CPUS="))
        if (const auto cpus = in.take_decimal())
            boot.machine.nr_cpus_config = static_cast<unsigned>(std::min<std::uint64_t>(*cpus, most_cpus));
    if (in.skip_past("nr_cpu_ids="))
        if (const auto cpus = in.take_decimal())
            boot.machine.possible_cpus = static_cast<unsigned>(std::clamp<std::uint64_t>(*cpus, 1, most_cpus));
}

/// "node   0: [mem 0x0000000040000000-0x000000007fffffff]".
void parse_early_node(std::string_view line, BootFacts& boot) {
    LogScanner in(line);
    in.take("node ");
    in.skip_blanks();
    const auto nid = in.take_decimal();
    if (!nid || *nid >= max_nodes || !in.take(":")) return;
    in.skip_blanks();
    const auto range = in.take_mem();
    if (range && !range->empty() && boot.early_nodes.size() < most_ranges)
        boot.early_nodes.push_back({static_cast<Nid>(*nid), *range});
}

}  // namespace mm
