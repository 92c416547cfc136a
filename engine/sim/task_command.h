// SPDX-License-Identifier: GPL-3.0-or-later
// Commands that make and free tasks, as far as they cost the kernel memory. Tasks are told by their number; the first
// command makes their cache (fork_init), which a real machine does during its boot.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/kstack/task_stacks.h"
#include "engine/sim/slab_command.h"

namespace mm {

/// dup_task_struct(); "kthread" is read, too.
struct AllocTask {
    Nid nid = no_node;
    unsigned cpu = 0;
    friend bool operator==(const AllocTask&, const AllocTask&) = default;
};
struct FreeTask {
    TaskId task = 0;
    unsigned cpu = 0;
    friend bool operator==(const FreeTask&, const FreeTask&) = default;
};
/// The CPU goes offline as far as its kept stacks are concerned.
struct FreeVmStackCache {
    unsigned cpu = 0;
    friend bool operator==(const FreeVmStackCache&, const FreeVmStackCache&) = default;
};
using TaskCommand = std::variant<AllocTask, FreeTask, FreeVmStackCache>;

inline constexpr std::string_view task_commands_expected =
    "alloc_task node N cpu N; free_task N cpu N; free_vm_stack_cache cpu N";

std::string command_text(const TaskCommand& command);
std::optional<TaskCommand> parse_task_command(const std::vector<std::string_view>& words);

/// Does it; what it answers is a new task, if there was memory for one. Errors are the user's.
Outcome<std::optional<TaskId>> run_task_command(TaskStacks& tasks, const TaskCommand& command, const Tracer& trace);
SlabPlaceAsked place_of(const TaskCommand& command);

/// Sizes of stacks and of task_struct.
StackConfig stack_config(const KernelProfile& profile, unsigned cpus);

}  // namespace mm
