// SPDX-License-Identifier: GPL-3.0-or-later
// Who has to die when nothing can be reclaimed. Follows mm/oom_kill.c, Linux 6.1.
#include <fmt/format.h>

#include <algorithm>

#include "engine/mm/zap.h"
#include "engine/page_alloc/mem_info.h"
#include "engine/vmscan/reclaim.h"

namespace mm {
namespace {

constexpr int oom_score_adj_min = -1000;
constexpr Pid init_pid = 1;

NrPages table_pages(const Mm& mm) {
    return mm.pgtables >> page_shift;
}

/// oom_badness(); nothing: it may not be killed.
std::optional<std::int64_t> badness(const MmState& state, const Task& task, NrPages totalpages) {
    if (task.pid == init_pid || task.mm == no_id || task.oom_score_adj == oom_score_adj_min) return std::nullopt;
    if (state.is_dying(task.pid)) return std::nullopt;
    const Mm& mm = state.mm(task.mm);
    const auto pages = static_cast<std::int64_t>(mm.resident() + mm.count(Rss::swap) + table_pages(mm));
    return pages + task.oom_score_adj * static_cast<std::int64_t>(totalpages / 1000);
}

unsigned long kib(NrPages pages) {
    return static_cast<unsigned long>(pages << (page_shift - 10));
}

/// dump_tasks().
void dump_tasks(const MmState& state, const Tracer& trace) {
    trace.printk("Tasks state (memory values in pages):");
    trace.printk("[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name");
    for (const auto& [pid, task] : *state.tasks) {
        if (task.mm == no_id) continue;
        const Mm& mm = state.mm(task.mm);
        trace.printk(fmt::format("[{:7}] {:5} {:5} {:8} {:8} {:8} {:8}         {:5} {}", pid, 0, pid, mm.total_vm,
                                 mm.resident(), mm.pgtables, mm.count(Rss::swap), task.oom_score_adj, task.comm));
    }
}

void report(const MmContext& c, const AllocRequest& request, const Task& victim) {
    const Tracer& trace = c.trace;
    if (!trace) return;
    const auto asking = c.state.tasks->find(c.state.current);
    const std::string comm = asking == c.state.tasks->end() ? "mmscope" : asking->second.comm;
    dump_header(c.pages, request, comm, trace);
    dump_tasks(c.state, trace);
    const Mm& mm = c.state.mm(victim.mm);
    trace.printk(
        fmt::format("oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed={},global_oom,"
                    "task_memcg=/,task={},pid={},uid=0",
                    nodes_text((std::uint64_t{1} << std::min<std::size_t>(c.pages.zones.nodes.size(), 63)) - 1),
                    victim.comm, victim.pid));
    trace.printk(
        fmt::format("Out of memory: Killed process {} ({}) total-vm:{}kB, anon-rss:{}kB, file-rss:{}kB, "
                    "shmem-rss:{}kB, UID:0 pgtables:{}kB oom_score_adj:{}",
                    victim.pid, victim.comm, kib(mm.total_vm), kib(mm.count(Rss::anon)), kib(mm.count(Rss::file)),
                    kib(mm.count(Rss::shmem)), mm.pgtables / KiB, victim.oom_score_adj));
}

/// __oom_reap_task_mm(): anonymous memory goes before the process has had time to die.
void reap(const MmContext& c, const Task& victim) {
    Mm& mm = c.mm(victim.mm);
    MmuGather gather(c);
    for (const auto& [start, area] : mm.areas)
        if (area.is_anonymous() && !(area.flags & (vma::locked | vma::special)))
            zap_range(c, mm, area, area.range, gather);
    gather.finish();
    c.trace.printk(fmt::format("oom_reaper: reaped process {} ({}), now anon-rss:{}kB, file-rss:{}kB, shmem-rss:{}kB",
                               victim.pid, victim.comm, kib(mm.count(Rss::anon)), kib(mm.count(Rss::file)),
                               kib(mm.count(Rss::shmem))));
}

}  // namespace

std::optional<Badness> select_bad_process(const MmState& state, NrPages totalram) {
    std::optional<Badness> worst;
    const NrPages totalpages = totalram + state.swap.total();
    for (const auto& [pid, task] : *state.tasks) {
        const auto points = badness(state, task, totalpages);
        if (points && (!worst || *points > worst->points)) worst = Badness{pid, *points};
    }
    return worst;
}

OomVerdict out_of_memory(const MmContext& c, const AllocRequest& request, NrPages totalram) {
    const Pid current = c.state.current;
    // task_will_free_mem(): who dies already gets reserves and no company.
    if (c.state.is_dying(current)) return OomVerdict::dying;
    const auto chosen = select_bad_process(c.state, totalram);
    if (!chosen) return OomVerdict::none;
    const Task victim = c.state.tasks->at(chosen->pid);
    report(c, request, victim);
    c.state.dying.push_back(victim.pid);
    c.tell(EventKind::oom_kill, no_pfn, static_cast<std::uint64_t>(victim.pid),
           static_cast<std::uint64_t>(chosen->points));
    if (victim.pid == current) return OomVerdict::self;
    reap(c, victim);
    return OomVerdict::other;
}

}  // namespace mm
