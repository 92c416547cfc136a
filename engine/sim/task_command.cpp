// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/task_command.h"

#include <fmt/format.h>

#include "engine/sim/command_words.h"

namespace mm {
namespace {

struct TaskPrinter {
    std::string operator()(const AllocTask& c) const {
        return c.nid == no_node ? fmt::format("alloc_task cpu {}", c.cpu)
                                : fmt::format("alloc_task node {} cpu {}", c.nid, c.cpu);
    }
    std::string operator()(const FreeTask& c) const { return fmt::format("free_task {} cpu {}", c.task, c.cpu); }
    std::string operator()(const FreeVmStackCache& c) const { return fmt::format("free_vm_stack_cache cpu {}", c.cpu); }
};

/// arch_task_struct_size with the FPU state of QEMU's CPUs, Debian's configuration.
Bytes task_size(const KernelProfile& profile) {
    if (profile.arch == Arch::x86_64) return 6208;
    if (profile.arch == Arch::arm64) return 4160;
    return profile.pae ? 3008 : 2944;
}

}  // namespace

std::string command_text(const TaskCommand& command) {
    return std::visit(TaskPrinter{}, command);
}

std::optional<TaskCommand> parse_task_command(const std::vector<std::string_view>& words) {
    if (words.empty()) return std::nullopt;
    const std::string_view function = words[0];
    CommandFields f;
    if (function == "alloc_task" || function == "kthread") {
        if (!f.read(words, 1, {CommandFields::node, CommandFields::cpu})) return std::nullopt;
        return AllocTask{f.has(CommandFields::node) ? static_cast<Nid>(f.value(CommandFields::node)) : no_node,
                         f.cpu_number()};
    }
    if (function == "free_vm_stack_cache") {
        if (!f.read(words, 1, {CommandFields::cpu})) return std::nullopt;
        return FreeVmStackCache{f.cpu_number()};
    }
    const auto task = words.size() > 1 ? number(words[1]) : std::nullopt;
    if (function != "free_task" || !task || *task > 0xffffffff || !f.read(words, 2, {CommandFields::cpu}))
        return std::nullopt;
    return FreeTask{static_cast<TaskId>(*task), f.cpu_number()};
}

Outcome<std::optional<TaskId>> run_task_command(TaskStacks& tasks, const TaskCommand& command, const Tracer& trace) {
    if (const auto* alloc = std::get_if<AllocTask>(&command))
        return tasks.dup_task_struct(alloc->nid, alloc->cpu, trace);
    if (const auto* free = std::get_if<FreeTask>(&command)) {
        const auto done = tasks.free_task(free->task, free->cpu, trace);
        if (!done) return done.error();
    } else {
        tasks.free_vm_stack_cache(std::get<FreeVmStackCache>(command).cpu, trace);
    }
    return std::optional<TaskId>();
}

SlabPlaceAsked place_of(const TaskCommand& command) {
    if (const auto* alloc = std::get_if<AllocTask>(&command)) return {alloc->cpu, alloc->nid};
    return {std::visit([](const auto& c) { return c.cpu; }, command), no_node};
}

StackConfig stack_config(const KernelProfile& profile, unsigned cpus) {
    StackConfig config;
    config.cpus = cpus;
    config.task_size = task_size(profile);
    const KernelVersion vmap_since = profile.arch == Arch::arm64 ? KernelVersion{4, 14, 0} : KernelVersion{4, 9, 0};
    config.vmap = profile.arch != Arch::i386 && vmap_since <= profile.since;
    const bool small =
        profile.arch == Arch::i386 || (profile.arch == Arch::x86_64 && profile.since < KernelVersion{3, 15, 0});
    config.order = small ? 1 : 2;
    config.align = config.size() * (profile.arch == Arch::arm64 && config.vmap ? 2 : 1);
    return config;
}

}  // namespace mm
