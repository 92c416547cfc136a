// SPDX-License-Identifier: GPL-3.0-or-later
// Processes: a list of them, /proc/PID/maps and status, /proc/swaps.
#include <fmt/format.h>

#include "engine/snapshot/process_format.h"
#include "engine/snapshot/put.h"

namespace mm {
namespace {

constexpr std::size_t name_column = 73;  // seq_setwidth(25 + 6 * sizeof(void *)) on 64 bits
constexpr std::size_t name_column_32 = 49;

/// mm->data_vm: private, writable and no stack.
NrPages data_pages(const Mm& mm) {
    NrPages n = 0;
    for (const auto& [start, area] : mm.areas)
        if ((area.flags & (vma::write | vma::shared | vma::growsdown)) == vma::write)
            n += area.range.size() >> page_shift;
    return n;
}

/// seq_pad(): names begin in one column.
std::string with_name(std::string line, std::string_view name, const KernelProfile& profile) {
    const std::size_t column = profile.long_size == 8 ? name_column : name_column_32;
    if (!name.empty() && line.size() < column) line.append(column - line.size(), ' ');
    return line.append(name) + "\n";
}

}  // namespace

std::string_view name_in_maps(const MmState& state, const Mm& mm, const Vma& area) {
    if (area.file != no_id) return state.file(area.file).path;
    if (!area.name.empty()) return area.name;
    if (area.range.start <= mm.brk && area.range.end >= mm.start_brk && mm.brk > mm.start_brk) return "[heap]";
    if (area.range.contains(mm.start_stack)) return "[stack]";
    return {};
}

std::string maps_line(const Snapshot& s, const Mm& mm, const Vma& area) {
    const MmState& state = s.state.processes;
    const bool file = area.file != no_id;
    std::string line = fmt::format(
        "{:08x}-{:08x} {}{}{}{} {:08x} {} {} ", area.range.start, area.range.end, area.flags & vma::read ? 'r' : '-',
        area.flags & vma::write ? 'w' : '-', area.flags & vma::exec ? 'x' : '-', area.flags & vma::shared ? 's' : 'p',
        file ? area.pgoff << page_shift : 0, file ? "08:01" : "00:00", file ? state.file(area.file).inode : 0);
    return with_name(std::move(line), name_in_maps(state, mm, area), *s.profile);
}

std::string rollup_line(const Snapshot& s, const Mm& mm) {
    return with_name(fmt::format("{:08x}-{:08x} ---p 00000000 00:00 0 ", mm.areas.begin()->second.range.start,
                                 mm.areas.rbegin()->second.range.end),
                     "[rollup]", *s.profile);
}

std::string print_maps(const Snapshot& s, Pid pid) {
    const Mm* mm = s.state.processes.mm_of(pid);
    std::string out;
    if (mm)
        for (const auto& [start, area] : mm->areas)
            out += maps_line(s, *mm, area);
    return out;
}

std::string print_all(const Snapshot& s, std::string_view file, std::string (*print)(const Snapshot&, Pid)) {
    std::string out;
    for (const auto& [pid, task] : *s.state.processes.tasks) {
        put(out, "{}==> /proc/{}/{} <==\n", out.empty() ? "" : "\n", pid, file);
        out += print(s, pid);
    }
    return out.empty() ? "no process runs yet: start one with spawn\n" : out;
}

std::string print_ps(const Snapshot& s) {
    const MmState& state = s.state.processes;
    std::string out = "    PID    PPID      VSZ      RSS     SWAP PGTABLES  MINFLT  MAJFLT COMMAND\n";
    for (const auto& [pid, task] : *state.tasks) {
        const Mm* mm = state.mm_of(pid);
        const auto kib = [](NrPages pages) { return pages << (page_shift - 10); };
        put(out, "{:>7} {:>7} {:>8} {:>8} {:>8} {:>8} {:>7} {:>7} {}\n", pid, task.parent, mm ? kib(mm->total_vm) : 0,
            mm ? kib(mm->resident()) : 0, mm ? kib(mm->count(Rss::swap)) : 0, mm ? mm->pgtables / KiB : 0, task.min_flt,
            task.maj_flt, task.comm);
    }
    return out;
}

std::string print_status(const Snapshot& s, Pid pid) {
    const MmState& state = s.state.processes;
    const Mm* mm = state.mm_of(pid);
    if (!mm) return {};
    std::string out;
    const auto line = [&](std::string_view name, NrPages pages) {
        put(out, "{}:\t{:>8} kB\n", name, pages << (page_shift - 10));
    };
    line("VmSize", mm->total_vm);
    line("VmLck", mm->locked_vm);
    line("VmHWM", std::max(mm->hiwater_rss, mm->resident()));
    line("VmRSS", mm->resident());
    line("RssAnon", mm->count(Rss::anon));
    line("RssFile", mm->count(Rss::file));
    line("RssShmem", mm->count(Rss::shmem));
    line("VmData", data_pages(*mm));
    line("VmPTE", mm->pgtables >> page_shift);
    line("VmSwap", mm->count(Rss::swap));
    line("HugetlbPages", mm->hugetlb * state.hpage_nr());
    return out;
}

std::string print_swaps(const Snapshot& s) {
    const SwapState& swap = s.state.processes.swap;
    std::string out = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
    if (!swap.on()) return out;
    const auto kib = [](NrPages pages) { return pages << (page_shift - 10); };
    const std::size_t width = swap.path.size() < 40 ? 40 - swap.path.size() : 1;
    const NrPages size = kib(swap.total()), used = kib(swap.inuse);
    put(out, "{}{}partition\t{}{}{}{}{}\n", swap.path, std::string(width, ' '), size, size < 10000000 ? "\t\t" : "\t",
        used, used < 10000000 ? "\t\t" : "\t", -2);
    return out;
}

}  // namespace mm
