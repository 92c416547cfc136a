// SPDX-License-Identifier: GPL-3.0-or-later
// mtrr_trim_uncached_memory(): the frames that a write-back variable MTRR covers, less what an uncachable one takes out
// again; RAM outside them would be slow beyond use and is given up. Follows arch/x86/kernel/cpu/mtrr/cleanup.c and
// generic_get_mtrr(), Linux 6.1.
#include <fmt/format.h>

#include <bit>

#include "engine/e820/setup.h"
#include "engine/firmware/command_line.h"

namespace mm {
namespace {

constexpr Pfn frames_per_mib = pfn_down(MiB);
constexpr Pfn four_gib_pfn = pfn_down(4 * GiB);
constexpr unsigned widest_address_bits = 52;

/// The frames a variable MTRR covers: its mask's lowest set bit is its size. Empty for a disabled one.
PfnRange frames_of(const MtrrVariable& reg) {
    if (!reg.enabled) return {0, 0};
    const std::uint64_t mask = pfn_down(reg.mask), base = pfn_down(reg.base);
    if (mask == 0) return {base, base + (Pfn{1} << (widest_address_bits - page_shift))};
    // All bits above the highest set one count as set: that mends masks that BIOSes wrote too short.
    const std::uint64_t full = mask | ~(std::bit_floor(mask) - 1);
    return {base, base - full};
}

void add_with_merge(std::vector<PfnRange>& ranges, PfnRange added) {
    if (added.empty()) return;
    for (std::size_t i = 0; i < ranges.size();) {
        const PfnRange r = ranges[i];
        if (std::max(r.start, added.start) > std::min(r.end, added.end)) {
            ++i;
            continue;
        }
        added = {std::min(r.start, added.start), std::max(r.end, added.end)};
        ranges.erase(ranges.begin() + static_cast<std::ptrdiff_t>(i));
    }
    ranges.push_back(added);
}

/// REQUIRES: removed is not empty.
void subtract(std::vector<PfnRange>& ranges, PfnRange removed) {
    std::vector<PfnRange> left;
    for (const auto& r : ranges) {
        const PfnRange head{r.start, std::min(r.end, removed.start)}, tail{std::max(r.start, removed.end), r.end};
        if (!head.empty()) left.push_back(head);
        if (!tail.empty()) left.push_back(tail);
    }
    ranges = std::move(left);
}

/// x86_get_mtrr_mem_range(): sorted and disjoint.
std::vector<PfnRange> write_back_ranges(const MtrrState& mtrr, const Tracer& trace) {
    std::vector<PfnRange> ranges;
    if (mtrr.tom2 > 4 * GiB) ranges.push_back({four_gib_pfn, pfn_down(mtrr.tom2)});
    for (const auto& reg : mtrr.variable)
        if (reg.enabled && reg.type == MtrrType::write_back) add_with_merge(ranges, frames_of(reg));
    for (std::size_t i = 0; i < mtrr.variable.size(); ++i) {
        const auto& reg = mtrr.variable[i];
        PfnRange frames = frames_of(reg);
        const bool takes_out = reg.type == MtrrType::uncachable || reg.type == MtrrType::write_protect;
        if (!takes_out || frames.empty()) continue;
        if (frames.start < frames_per_mib && mtrr.fixed_enabled) {
            trace.printk(
                fmt::format("WARNING: BIOS bug: VAR MTRR {} contains strange UC entry under 1M, check with "
                            "your system vendor!",
                            i));
            if (frames.end <= frames_per_mib) continue;
            frames.start = frames_per_mib;
        }
        subtract(ranges, frames);
    }
    std::sort(ranges.begin(), ranges.end());
    return ranges;
}

enum class Verdict { trim, leave, virtual_machine };

/// Only a set of write-back and uncachable registers says clearly what is cached.
Verdict judge(const MtrrState& mtrr) {
    Pfn highest = 0;
    std::size_t write_back = 0, uncachable = 0, in_use = 0;
    for (const auto& reg : mtrr.variable) {
        const PfnRange frames = frames_of(reg);
        if (frames.empty()) continue;
        ++in_use;
        if (reg.type == MtrrType::write_back) highest = std::max(highest, frames.end);
        write_back += reg.type == MtrrType::write_back;
        uncachable += reg.type == MtrrType::uncachable;
    }
    if (highest == 0) return Verdict::virtual_machine;
    return write_back != 0 && write_back + uncachable == in_use ? Verdict::trim : Verdict::leave;
}

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
    if (!mtrr.known || mtrr.default_type != MtrrType::uncachable) return false;
    if (find_param(command_line, "disable_mtrr_trim")) return false;
    const Verdict verdict = judge(mtrr);
    if (verdict == Verdict::virtual_machine) trace.printk("CPU MTRRs all blank - virtualized system.");
    if (verdict != Verdict::trim) return false;
    const auto ranges = write_back_ranges(mtrr, trace);
    if (ranges.empty()) return false;
    const Bytes lost = trim_outside(table, ranges, end_pfn, trace);
    if (lost == 0) return false;
    const auto lost_mib = lost / MiB;
    trace.event({.kind = EventKind::mtrr_trim, .a = lost}, fmt::format("{} MiB not cached, given up", lost_mib));
    trace.printk(fmt::format("WARNING: BIOS bug: CPU MTRRs don't cover all of memory, losing {}MB of RAM.", lost_mib));
    trace.printk("update e820 for mtrr");
    if (table.update_table(trace)) {
        trace.printk("modified physical RAM map:");
        for (auto& line : table.print_lines("modified"))
            trace.printk(std::move(line));
    }
    return true;
}

}  // namespace mm
