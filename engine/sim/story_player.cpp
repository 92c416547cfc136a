// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/story_player.h"

#include <algorithm>
#include <utility>

namespace mm {
namespace {

using Kind = StoryStep::Kind;

constexpr NrPages turn_pages = 16;  // touched by one command
constexpr NrPages read_pages = 32;  // 128 KiB, as cat reads
constexpr Bytes library_size = 1900 * KiB;
constexpr NrPages pages_a_run = 30;  // of a library's pages one is touched for so many
constexpr std::size_t most_areas = 64;
constexpr std::uint64_t own_files = 300;  // of jobs, before numbers come again

}  // namespace

/// One command; processes that died of it are forgotten.
Outcome<CommandResult> StoryPlayer::run(Timeline& timeline, const Command& command) {
    auto result = timeline.execute(command);
    forget_dead(timeline);
    return result;
}

void StoryPlayer::forget_dead(const Timeline& timeline) {
    const auto& tasks = *timeline.system().state().processes.tasks;
    for (Job& job : m_jobs)
        if (job.pid && !tasks.contains(job.pid)) job.pid = 0, job.exits = true, ++m_killed;
}

Outcome<Done> StoryPlayer::step(Timeline& timeline) {
    const MachineState& state = timeline.system().state();
    m_memory = state.totalram_pages;
    m_cpu = static_cast<unsigned>(m_rng.below(std::max(state.online_cpus, 1u)));
    if (const auto command = setup(state)) {
        const auto done = run(timeline, *command);
        if (!done) return done.error();
        return Done{};
    }
    if (state.processes.tasks->empty()) {
        const auto init = run(timeline, Spawn{"/sbin/init", {160 * KiB, 12 * KiB, 8 * KiB}, {}, m_cpu});
        if (!init) return init.error();
        return Done{};
    }
    if (m_jobs.size() < m_story.together) return start_job(timeline);
    const std::size_t i = m_rng.below(m_jobs.size());
    Job& job = m_jobs[i];
    if (!job.exits) return turn(timeline, job);
    const auto ended = end(timeline, job);
    if (ended && job.pid == 0 && job.objects.empty() && job.blocks.empty()) {
        m_jobs.erase(m_jobs.begin() + static_cast<long>(i));
        ++m_ended;
    }
    return ended;
}

/// What the machine's owner does before the first job.
std::optional<Command> StoryPlayer::setup(const MachineState& state) {
    if (m_is_set_up) return std::nullopt;
    std::vector<Command> commands;
    if (m_story.swap > 0) {
        const Bytes size =
            m_story.swap < 100 ? (state.totalram_pages << page_shift) / 100 * m_story.swap : m_story.swap;
        commands.push_back(Swapon{"/dev/sda2", align_down(size, page_size), m_cpu});
        if (m_set_up == 0 && state.processes.swap.on()) m_set_up = 1;
    }
    if (m_story.huge_pages) {
        commands.push_back(SetThp{SetThp::File::enabled, "always", m_cpu});
        commands.push_back(SetThp{SetThp::File::defrag, "madvise", m_cpu});
    }
    m_is_set_up = m_set_up >= commands.size();
    return m_is_set_up ? std::nullopt : std::optional(commands[m_set_up++]);
}

Outcome<Done> StoryPlayer::start_job(Timeline& timeline) {
    const auto weight = [this](const StoryJob& kind) {  // of what stays there is one
        const bool runs = std::any_of(m_jobs.begin(), m_jobs.end(), [&](const Job& job) { return job.kind == &kind; });
        return kind.stays && runs ? 0u : kind.weight;
    };
    unsigned total = 0;
    for (const StoryJob& kind : m_story.jobs)
        total += weight(kind);
    std::uint64_t draw = m_rng.below(std::max(total, 1u));
    const StoryJob* chosen = &m_story.jobs.back();
    for (const StoryJob& kind : m_story.jobs) {
        chosen = &kind;
        if (draw < weight(kind)) break;
        draw -= std::min<std::uint64_t>(draw, weight(kind));
    }
    const auto result = run(timeline, Spawn{std::string(chosen->path), chosen->size, {}, m_cpu});
    if (!result) return result.error();
    if (!result->process || !result->process->pid) return Done{};  // no memory: tried again with another turn
    Job job;
    job.kind = chosen;
    job.number = m_started++;
    job.pid = *result->process->pid;
    begin_step(job);
    m_jobs.push_back(std::move(job));
    return Done{};
}

void StoryPlayer::begin_step(Job& job) {
    const StoryStep& step = job.kind->steps[job.step];
    job.left = step.once && job.round > 0 ? 0 : between(step.low, step.high);
    if (step.kind == Kind::fill) job.left = job.left * m_memory / 100;
    job.at = 0;
    job.opened = false;
    job.child = 0;
    job.path.clear();
    for (const char c : step.path) {
        if (c == '%')
            job.path += std::to_string(m_rng.below(step.count));
        else if (c == '#')
            job.path += std::to_string(job.number % own_files);
        else
            job.path += c;
    }
}

/// False: the job is done.
bool StoryPlayer::next_step(Job& job) {
    if (++job.step == job.kind->steps.size()) {
        job.step = 0;
        if (++job.round >= job.kind->times && !job.kind->stays) return job.exits = true, false;
    }
    begin_step(job);
    return true;
}

/// Reading and writing: the file is opened, then so much at a time.
void StoryPlayer::file_turn(const Asker& ask, Job& job, const StoryStep& step) {
    const bool reads = step.kind == Kind::read;
    if (!std::exchange(job.opened, true)) {
        ask(OpenFile{job.path, reads ? step.high << page_shift : 0, false, m_cpu});
        return;
    }
    const NrPages n = std::min(job.left, read_pages);
    const Bytes offset = job.at << page_shift, size = n << page_shift;
    if (reads)
        ask(ReadFile{job.path, offset, size, m_cpu});
    else
        ask(WriteFile{job.path, offset, size, m_cpu});
    job.at += n;
    job.left -= n;
}

/// A library is opened, mapped, and pages of it here and there are run.
void StoryPlayer::library_turn(const Asker& ask, Job& job) {
    if (!std::exchange(job.opened, true)) {
        ask(OpenFile{job.path, library_size, false, m_cpu});
        return;
    }
    if (job.at == 0) {
        const auto r = ask(Mmap{job.pid, library_size, vma::read | vma::exec, false, job.path, 0, 0, m_cpu});
        job.at = r.process ? r.process->address.value_or(0) : 0;
        if (job.at == 0) job.left = 0;
        return;
    }
    const VirtAddr page = job.at + (m_rng.below(library_size >> page_shift) << page_shift);
    ask(Touch{job.pid, page, page_size, false, m_cpu});
    job.left -= std::min(job.left, pages_a_run);
}

void StoryPlayer::map_turn(const Asker& ask, Job& job, Kind kind) {
    const Bytes size = job.left << page_shift;
    const auto r = kind == Kind::heap ? ask(Sbrk{job.pid, static_cast<std::int64_t>(size), m_cpu})
                                      : ask(Mmap{job.pid, size, vma::read | vma::write, false, {}, 0, 0, m_cpu});
    if (!r.process || !r.process->address || r.process->failed) {
        job.left = 0;
        return;
    }
    job.at = *r.process->address;
    if (kind == Kind::heap) {  // its ends lie within pages
        job.at = align_up(*r.process->address - size, page_size);
        --job.left;
    }
    if (job.areas.size() == most_areas) job.areas.erase(job.areas.begin());
    if (job.left > 0) job.areas.push_back({job.at, job.left});
}

/// Memory is asked for, then written a piece at a time.
void StoryPlayer::memory_turn(const Asker& ask, Job& job, const StoryStep& step) {
    if (job.at == 0) return map_turn(ask, job, step.kind);
    if (step.kind == Kind::map_huge && !std::exchange(job.opened, true)) {
        ask(Madvise{job.pid, job.at, job.left << page_shift, Advice::hugepage, m_cpu});
        return;
    }
    const NrPages n = std::min(job.left, step.count > 1 ? NrPages{step.count} : turn_pages);
    const Bytes size = n << page_shift;
    if (step.kind == Kind::lock)
        ask(Mlock{job.pid, job.at, size, true, m_cpu});
    else
        ask(Touch{job.pid, job.at, size, true, m_cpu});
    job.at += size;
    job.left -= n;
}

Touch StoryPlayer::touch_again(Pid pid, const Job& job, NrPages most, bool write) {
    const Area& area = job.areas[m_rng.below(job.areas.size())];
    const NrPages n = std::min(most, area.pages);
    return {pid, area.start + (m_rng.below(area.pages - n + 1) << page_shift), n << page_shift, write, m_cpu};
}

/// A child is forked, writes some of what it has inherited, and exits.
void StoryPlayer::fork_turn(const Asker& ask, Job& job, const Timeline& timeline) {
    if (job.child == 0) {
        const auto r = ask(ForkTask{job.pid, m_cpu});
        job.child = r.process ? r.process->pid.value_or(0) : 0;
        if (job.child == 0) --job.left;
        return;
    }
    const bool lives = timeline.system().state().processes.tasks->contains(job.child);
    if (lives && !job.areas.empty() && m_rng.chance(700)) {
        ask(touch_again(job.child, job, turn_pages, true));
        return;
    }
    if (lives) ask(ExitTask{job.child, m_cpu});
    job.child = 0;
    --job.left;
}

/// Memory of the kernel's own.
void StoryPlayer::kernel_turn(const Asker& ask, Job& job, const StoryStep& step, Nid nid) {
    --job.left;
    if (step.kind == Kind::kmalloc) {
        const auto r = ask(Kmalloc{step.count, {gfp::GFP_KERNEL, no_node, m_cpu}});
        if (r.object) job.objects.push_back(*r.object);
        return;
    }
    const auto r = ask(AllocPages{{gfp::GFP_KERNEL, step.count, nid, m_cpu}, {}});
    if (r.pfn != no_pfn) job.blocks.emplace_back(r.pfn, step.count);
}

Outcome<Done> StoryPlayer::turn(Timeline& timeline, Job& job) {
    for (std::size_t i = 0; job.left == 0 && i <= job.kind->steps.size(); ++i)  // steps done once are passed over later
        if (!next_step(job)) return Done{};
    if (job.left == 0) return Done{};
    const StoryStep& step = job.kind->steps[job.step];
    std::optional<Error> error;
    const Asker ask = [&](const Command& command) {
        auto result = run(timeline, command);
        if (!result) error = result.error();
        return result ? std::move(*result) : CommandResult{};
    };
    switch (step.kind) {
        case Kind::read:
        case Kind::write:
            file_turn(ask, job, step);
            break;
        case Kind::library:
            library_turn(ask, job);
            break;
        case Kind::heap:
        case Kind::map:
        case Kind::fill:
        case Kind::map_huge:
        case Kind::lock:
            memory_turn(ask, job, step);
            break;
        case Kind::again:
        case Kind::read_again: {
            if (!job.areas.empty()) ask(touch_again(job.pid, job, turn_pages, step.kind == Kind::again));
            job.left -= job.areas.empty() ? job.left : std::min(job.left, turn_pages);
            break;
        }
        case Kind::fork:
            fork_turn(ask, job, timeline);
            break;
        case Kind::kmalloc:
        case Kind::pages:
            kernel_turn(ask, job, step, timeline.system().state().zones.node_of_cpu(m_cpu));
            break;
        case Kind::sync:
            ask(SyncFiles{m_cpu});
            job.left = 0;
            break;
    }
    if (error) return *error;
    return Done{};
}

/// A command a turn: the process first, then what the kernel kept for it.
Outcome<Done> StoryPlayer::end(Timeline& timeline, Job& job) {
    const auto give = [&](const Command& command) -> Outcome<Done> {
        const auto result = run(timeline, command);
        if (!result) return result.error();
        return Done{};
    };
    if (job.child && timeline.system().state().processes.tasks->contains(job.child)) {
        const Pid child = std::exchange(job.child, 0);
        return give(ExitTask{child, m_cpu});
    }
    if (job.pid) {
        const Pid pid = std::exchange(job.pid, 0);
        return give(ExitTask{pid, m_cpu});
    }
    if (!job.objects.empty()) {
        const PhysAddr object = job.objects.back();
        job.objects.pop_back();
        return give(Kfree{object, m_cpu});
    }
    if (!job.blocks.empty()) {
        const auto [pfn, order] = job.blocks.back();
        job.blocks.pop_back();
        return give(FreePages{pfn, order, m_cpu});
    }
    return Done{};
}

}  // namespace mm
