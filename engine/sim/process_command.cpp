// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/process_command.h"

#include <fmt/format.h>

#include "engine/mm/hugetlb.h"
#include "engine/mm/page_idle.h"
#include "engine/mm/swapfile.h"
#include "engine/sim/thp_setting.h"
#include "engine/vmscan/shrinkers.h"

namespace mm {
namespace {

using Answer = Outcome<ProcessAnswer>;

/// What an access is answered with that cannot be served; "": no signal.
std::string_view signal_of(FaultKind failure) {
    switch (failure) {
        case FaultKind::segv:
            return "no area allows that (SIGSEGV)";
        case FaultKind::bus:
            return "beyond the end of the file (SIGBUS)";
        case FaultKind::hwpoison:
            return "what was there is lost with its frame, which was poisoned (SIGBUS)";
        default:
            return {};
    }
}

struct ProcessRunner {
    const Processes& processes;
    const MmContext& context;

    Answer operator()(const Spawn& c) const {
        std::optional<Pid> pid;
        if (context.state.tasks->empty()) {
            pid = processes.kernel_thread("kernel_init");
        } else {
            const auto child = processes.fork(context.state.tasks->begin()->first);
            if (!child) return child.error();
            pid = *child;
        }
        if (!pid) return failure();
        return execve(*pid, c);
    }
    Answer operator()(const ForkTask& c) const {
        const auto child = processes.fork(c.pid);
        if (!child) return child.error();
        return child->has_value() ? of_pid(**child) : failure();
    }
    Answer operator()(const Execve& c) const { return execve(c.pid, c); }
    Answer operator()(const ExitTask& c) const {
        const auto done = processes.exit(c.pid);
        if (!done) return done.error();
        return ProcessAnswer{};
    }
    Answer operator()(const Mmap& c) const {
        MmapRequest request{c.size, c.access, c.shared, no_id, c.offset, c.fixed, c.hugetlb};
        if (!c.path.empty()) {
            const auto file = file_named(c.path);
            if (!file) return file.error();
            request.file = *file;
        }
        const auto at = processes.mmap(c.pid, request);
        if (!at) return at.error();
        return at->has_value() ? of_address(**at) : failure();
    }
    Answer operator()(const Munmap& c) const { return done(processes.munmap(c.pid, range_of(c))); }
    Answer operator()(const Mprotect& c) const { return done(processes.mprotect(c.pid, range_of(c), c.access)); }
    Answer operator()(const Mlock& c) const { return done(processes.mlock(c.pid, range_of(c), c.lock)); }
    Answer operator()(const Sbrk& c) const {
        const Mm* mm = context.state.mm_of(c.pid);
        const VirtAddr end = mm ? mm->brk + static_cast<VirtAddr>(c.by) : 0;
        const auto at = processes.brk(c.pid, end);
        if (!at) return at.error();
        ProcessAnswer answer = of_address(*at);
        answer.failed = *at != end;
        return answer;
    }
    Answer operator()(const Touch& c) const {
        const auto touched = processes.touch(c.pid, range_of(c), c.write);
        if (!touched) return touched.error();
        if (const std::string_view signal = signal_of(touched->failure); !signal.empty())
            return Error{fmt::format("{:#x}: {}", touched->at, signal)};
        ProcessAnswer answer;
        answer.touched = *touched;
        answer.failed = touched->failure == FaultKind::oom;
        return answer;
    }
    Answer operator()(const OpenFile& c) const {
        ProcessAnswer answer;
        answer.failed = processes.open(c.path, c.size, c.fscache) == no_id;
        return answer;
    }
    Answer operator()(const ReadFile& c) const {
        const auto file = file_named(c.path);
        if (!file) return file.error();
        return done(processes.read(*file, c.offset, c.size));
    }
    Answer operator()(const WriteFile& c) const {
        const FileId file = processes.open(c.path, 0);
        if (file == no_id) return failure();
        return done(processes.write(file, c.offset, c.size));
    }
    Answer operator()(const SyncFiles&) const { return of_pages(processes.sync()); }
    Answer operator()(const DropCaches& c) const {
        const NrPages dropped = c.what & 1 ? processes.drop_caches() : 0;
        if (c.what & 2) drop_slab(context);
        return of_pages(dropped);
    }
    Answer operator()(const Swapon& c) const {
        const auto on = swapon(context, c.path, c.size >> page_shift);
        if (!on) return on.error();
        return ProcessAnswer{};
    }
    Answer operator()(const Madvise& c) const { return done(processes.madvise(c.pid, range_of(c), c.advice)); }
    Answer operator()(const RandomizeVaSpace& c) const {
        context.state.randomize_va_space = c.level;
        return ProcessAnswer{};
    }
    Answer operator()(const SetThp& c) const {
        const auto settings = with_thp_setting(context.state.thp.settings, c);
        if (!settings) return settings.error();
        context.state.thp.settings = *settings;
        return ProcessAnswer{};
    }

    Answer operator()(const FailMemory& c) const {
        const auto result = memory_failure(context, c.pfn);
        if (!result) return result.error();
        ProcessAnswer answer;
        answer.recovery = *result;
        return answer;
    }
    Answer operator()(const SoftOfflinePage& c) const { return of_done(soft_offline_page(context, c.pfn)); }
    Answer operator()(const UnpoisonMemory& c) const { return of_done(unpoison_memory(context, c.pfn)); }
    Answer operator()(const NrHugepages& c) const {
        ProcessAnswer answer;
        answer.huge_pages = Hugetlb(context).set_nr_hugepages(c.count);
        return answer;
    }
    Answer operator()(const PageIdle& c) const {
        const PfnRange frames{c.pfn, c.pfn + c.pages};
        return of_pages(c.mark ? mark_idle(context, frames) : count_idle(context, frames));
    }

private:
    static Answer of_done(const Outcome<bool>& outcome) {
        if (!outcome) return outcome.error();
        ProcessAnswer answer;
        answer.refused = !*outcome;
        return answer;
    }
    template<class Asked>
    Answer execve(Pid pid, const Asked& c) const {
        const Program program = c.elf ? *c.elf : make_program(c.path, c.size);
        const bool linked = !program.interpreter.empty();
        const auto done = processes.exec(pid, program, linked ? &dynamic_loader() : nullptr);
        if (!done) return done.error();
        return *done ? of_pid(pid) : failure();
    }
    Outcome<FileId> file_named(const std::string& path) const {
        if (const File* file = context.state.file_named(path)) return file->id;
        return Error{fmt::format("{} is not open; open it with its size first", path)};
    }
    template<class Command>
    static VirtRange range_of(const Command& c) {
        const VirtAddr end = c.size > ~c.address ? ~VirtAddr{0} : c.address + c.size;
        return {c.address, end};
    }
    static Answer done(const Outcome<bool>& outcome) {
        if (!outcome) return outcome.error();
        return *outcome ? ProcessAnswer{} : failure();
    }
    static ProcessAnswer failure() {
        ProcessAnswer answer;
        answer.failed = true;
        return answer;
    }
    static ProcessAnswer of_pid(Pid pid) {
        ProcessAnswer answer;
        answer.pid = pid;
        return answer;
    }
    static ProcessAnswer of_address(VirtAddr address) {
        ProcessAnswer answer;
        answer.address = address;
        return answer;
    }
    static ProcessAnswer of_pages(NrPages pages) {
        ProcessAnswer answer;
        answer.pages = pages;
        return answer;
    }
};

}  // namespace

const Program& dynamic_loader() {
    static const Program loader = [] {  // sizes of Debian 12's
        Program p = make_program("/lib64/ld-linux-x86-64.so.2", {0x26000, 0x2d00, 0x1b8});
        p.interpreter.clear();
        return p;
    }();
    return loader;
}

Outcome<ProcessAnswer> run_process_command(const Processes& processes, const MmContext& context,
                                           const ProcessCommand& command) {
    return std::visit(ProcessRunner{processes, context}, command);
}

SlabPlaceAsked place_of(const ProcessCommand& command) {
    return {std::visit([](const auto& c) { return c.cpu; }, command), no_node};
}

}  // namespace mm
