// SPDX-License-Identifier: GPL-3.0-or-later
// mtrr_trim_uncached_memory(): RAM outside the write-back ranges would be slow beyond use and is given up. Follows
// arch/x86/kernel/cpu/mtrr/cleanup.c, Linux 6.1.
#include <fmt/format.h>

#include "engine/e820/setup.h"
#include "engine/firmware/command_line.h"
#include "engine/firmware/mtrr.h"

namespace mm {
namespace {

/// real_trim_memory() for every stretch below end_pfn that no range covers; returns the RAM lost.
Bytes trim_outside(E820Table& table, const std::vector<PfnRange>& ranges, Pfn end_pfn, const Tracer& trace) {
    Bytes lost = 0;
    const auto trim = [&](Pfn start, Pfn end) {
        if (start >= end) return;
        lost += table.range_update(phys_of(start), phys_of(end - start), E820Type::ram, E820Type::reserved, trace);
    };
    Pfn covered = 0;
    for (const auto& r : ranges) {
        trim(covered, r.start);
        covered = r.end;
    }
    trim(covered, end_pfn);
    return lost;
}

}  // namespace

bool mtrr_trim_uncached_memory(E820Table& table, const MtrrState& mtrr, Pfn end_pfn, std::string_view command_line,
                               const Tracer& trace) {
    if (find_param(command_line, "disable_mtrr_trim")) return false;
    const MtrrVerdict verdict = judge_mtrr(mtrr);
    if (verdict == MtrrVerdict::virtual_machine) trace.printk("CPU MTRRs all blank - virtualized system.");
    if (verdict != MtrrVerdict::trim) return false;
    const auto [ranges, below_1m] = coverage(mtrr);
    for (const auto i : below_1m)
        trace.printk(
            fmt::format("WARNING: BIOS bug: VAR MTRR {} contains strange UC entry under 1M, check with your "
                        "system vendor!",
                        i));
    if (ranges.empty()) return false;
    const Bytes lost = trim_outside(table, ranges, end_pfn, trace);
    if (lost == 0) return false;
    const auto lost_mib = lost / MiB;
    trace.event({.kind = EventKind::mtrr_trim, .a = lost}, fmt::format("{} MiB not cached, given up", lost_mib));
    trace.printk(fmt::format("WARNING: BIOS bug: CPU MTRRs don't cover all of memory, losing {}MB of RAM.", lost_mib));
    trace.printk("update e820 for mtrr");
    if (table.update_table(trace)) {
        trace.printk(table.title("modified physical RAM map:"));
        for (auto& line : table.print_lines("modified"))
            trace.printk(std::move(line));
    }
    return true;
}

}  // namespace mm
