// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/sim/timeline.h"
#include "engine/snapshot/proc_format.h"
#include "tests/support/commands.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

using test::boot;
using test::must;
using test::run;
using testing::HasSubstr;

TEST(TaskCommands, PrintAsTheyAreRead) {
    for (const char* text :
         {"alloc_task cpu 0", "alloc_task node 1 cpu 2", "free_task 3 cpu 1", "free_vm_stack_cache cpu 1"}) {
        const auto command = parse_command(text);
        ASSERT_TRUE(command) << command.error().text();
        EXPECT_EQ(text, to_text(*command));
    }
    EXPECT_EQ("alloc_task cpu 0", to_text(*parse_command("kthread")));
    for (const char* text : {"free_task", "free_task x", "alloc_task 1", "free_vm_stack_cache order 1"})
        EXPECT_FALSE(parse_command(text)) << text;
}

//  Expect: stack and task_struct are the task's and nobody else frees them; KernelStack tells of it.
TEST(TaskCommands, ATaskHasAStackAndATaskStruct) {
    auto timeline = boot("pc-512m");
    const CommandResult task = must(*timeline, "alloc_task");
    EXPECT_EQ(task.task, 1u);
    ASSERT_TRUE(task.area && task.object);
    EXPECT_EQ(*task.area % (16 * KiB), 0u);
    EXPECT_THAT(print_vmallocinfo(*timeline->snapshot()), HasSubstr("20480 dup_task_struct pages=4 vmalloc N0=4"));
    EXPECT_THAT(print_slabinfo(*timeline->snapshot()), HasSubstr("task_struct"));
    EXPECT_THAT(print_meminfo(*timeline->snapshot()),
                HasSubstr("KernelStack:          16 kB\nPageTables:            4 kB"));
    const SlabState& slabs = timeline->system().state().slab;
    EXPECT_THAT(print_meminfo(*timeline->snapshot()),
                HasSubstr(fmt::format("Slab:           {:>8} kB\n", (slabs.slab_pages() + slabs.large_pages()) * 4)));
    EXPECT_THAT(run(*timeline, fmt::format("vfree {:#x}", *task.area)).error().text(), HasSubstr("stack of task 1"));
    EXPECT_THAT(run(*timeline, fmt::format("kmem_cache_free task_struct {:#x}", *task.object)).error().text(),
                HasSubstr("task_struct of task 1"));
    EXPECT_EQ(timeline->system().check(), std::nullopt);
    const std::uint64_t hash = timeline->hash();
    must(*timeline, "free_task 1");
    EXPECT_FALSE(run(*timeline, "free_task 1"));
    EXPECT_THAT(print_tasks(*timeline->snapshot()), HasSubstr("cpu 0 keeps"));
    EXPECT_EQ(timeline->system().check(), std::nullopt);
    ASSERT_TRUE(timeline->undo());
    EXPECT_EQ(timeline->hash(), hash);
}

//  i386: no CONFIG_VMAP_STACK, order 1
TEST(TaskCommands, StacksOfI386AreBlocks) {
    auto timeline = boot("i386-np-4g");
    must(*timeline, "alloc_task");
    const KernelTask task = timeline->system().state().kstack.tasks->at(1);
    EXPECT_EQ(task.stack, 0u);
    EXPECT_LT(task.pfn, timeline->system().state().max_low_pfn) << "the kernel must see it";
    EXPECT_FALSE(run(*timeline, fmt::format("free_pages {:#x} order 1", task.pfn)));
    must(*timeline, "free_task 1");
    EXPECT_EQ(timeline->system().check(), std::nullopt);
}

//  Expect: a process is a task like others: one task_struct, one stack, of the sizes of the kernel's architecture; exit
//  and nothing else ends it.
TEST(TaskCommands, ProcessesAreTasks) {
    for (const char* machine : {"pc-512m", "i386-np-4g"}) {
        SCOPED_TRACE(machine);
        auto timeline = boot(machine);
        const MachineState& state = timeline->system().state();
        must(*timeline, "spawn /sbin/init");
        must(*timeline, "fork 1");
        must(*timeline, "alloc_task");
        EXPECT_EQ(state.kstack.tasks->size(), 3u);
        EXPECT_EQ(state.slab.cache(state.slab.find("task_struct")).live, 3u);
        EXPECT_EQ(state.slab.cache(state.slab.find("task_struct")).layout.object_size, state.kstack.config.task_size);
        const TaskObject child = state.processes.tasks->at(2).object;
        EXPECT_EQ(state.kstack.tasks->at(child.id).at, child.at);
        EXPECT_THAT(print_meminfo(*timeline->snapshot()),
                    HasSubstr(fmt::format("KernelStack:    {:>8} kB\n", 3 * state.kstack.config.size() / KiB)));
        EXPECT_THAT(run(*timeline, fmt::format("free_task {}", child.id)).error().text(), HasSubstr("exit 2 ends it"));
        EXPECT_EQ(timeline->system().check(), std::nullopt);
        must(*timeline, "exit 2");
        EXPECT_EQ(state.kstack.tasks->size(), 2u);
        EXPECT_EQ(timeline->system().check(), std::nullopt);
    }
}

}  // namespace
}  // namespace mm
