// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/types/rng.h"
#include "tests/engine/kstack/kstack_machine.h"
#include "tests/support/random_run.h"

namespace mm {
namespace {

using test::KstackMachine;
using testing::HasSubstr;

constexpr VirtAddr start = KstackMachine::start;

//  start  [ stack 1: 4 pages |g] . . . [ stack 2 |g]        aligned to 16 KiB, so three pages lie between
//  Expect: stacks are aligned areas; KernelStack counts them while their tasks live; a freed one is kept by the CPU
//  that freed it, two at most, and goes to its next task.
TEST(Kstack, ACpuKeepsTwoFreedStacks) {
    KstackMachine m(true);
    for (TaskId id = 1; id <= 4; ++id)
        EXPECT_EQ(m.tasks.dup_task_struct(no_node, 0), id);
    const auto stack = [&](TaskId id) { return m.state.tasks->at(id).stack; };
    EXPECT_EQ(stack(1), start);
    EXPECT_EQ(stack(2), start + 8 * page_size);
    EXPECT_EQ(m.state.stack_kib(0, m.vmalloc, m.m.memory.zones), 64u);
    const VirtAddr first = stack(1), second = stack(2), third = stack(3);
    for (TaskId id = 1; id <= 3; ++id)
        ASSERT_TRUE(m.tasks.free_task(id, 0));
    EXPECT_EQ(m.state.stack_kib(0, m.vmalloc, m.m.memory.zones), 16u);
    EXPECT_TRUE(m.vmalloc.busy->contains(first) && m.vmalloc.busy->contains(second));
    EXPECT_FALSE(m.vmalloc.busy->contains(third)) << "the CPU keeps two already";
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_EQ(m.tasks.dup_task_struct(no_node, 1), 5u);
    EXPECT_NE(stack(5), first) << "CPU 1 has none";
    EXPECT_EQ(m.tasks.dup_task_struct(no_node, 0), 6u);
    EXPECT_EQ(stack(6), first);
    EXPECT_THAT(stack_owner_of_area(m.state, second).value_or(""), HasSubstr("CPU 0 keeps"));
    m.tasks.free_vm_stack_cache(0);
    EXPECT_FALSE(m.vmalloc.busy->contains(second));
    EXPECT_FALSE(m.tasks.free_task(1, 0)) << "it is gone";
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_THAT(print_tasks(m.state), HasSubstr("stacks of 16 KiB, areas of vmalloc; task_struct of 6208 bytes\n"));
}

//  Expect: without VMAP_STACK a stack is a block of pages, freed at once; its frames are not others' to free.
TEST(Kstack, StacksMayBeBlocksOfPages) {
    KstackMachine m(false);
    EXPECT_EQ(m.tasks.dup_task_struct(no_node, 0), 1u);
    const Pfn pfn = m.state.tasks->at(1).pfn;
    EXPECT_EQ(m.m.memory.pages.order(pfn), 1u);
    EXPECT_THAT(stack_owner_of_frame(m.state, pfn + 1).value_or(""), HasSubstr("the stack of task 1"));
    EXPECT_EQ(m.state.stack_kib(0, m.vmalloc, m.m.memory.zones), 8u);
    EXPECT_EQ(std::nullopt, m.check());
    ASSERT_TRUE(m.tasks.free_task(1, 0));
    EXPECT_EQ(std::nullopt, m.check());
}

//  Expect: no stack, no task: the task_struct goes back; no task_struct, no stack.
TEST(Kstack, WhatFailsIsGivenBack) {
    for (const bool vmap : {true, false}) {
        KstackMachine m(vmap);
        m.vm_faults.pages = m.faults.pages = [] { return true; };
        EXPECT_EQ(m.tasks.dup_task_struct(no_node, 0), std::nullopt);
        EXPECT_EQ(std::nullopt, m.check());
        m.vm_faults.pages = m.faults.pages = {};
        m.m.faults.object = [] { return true; };
        EXPECT_EQ(m.tasks.dup_task_struct(no_node, 0), std::nullopt);
        EXPECT_TRUE(m.vmalloc.busy->empty());
        EXPECT_EQ(std::nullopt, m.check());
    }
}

TEST(Kstack, RandomCommandsAddUp) {
    const test::RandomRun run = test::random_run("KSTACK", 4000);
    for (const bool vmap : {true, false}) {
        KstackMachine m(vmap);
        Rng rng(run.seed);
        bool failing = true;
        const auto fails = [&] { return failing && rng.chance(20); };
        m.vm_faults.pages = m.vm_faults.tables = m.faults.pages = m.m.faults.object = m.m.faults.pages = fails;
        std::uint64_t failed = 0;
        for (std::uint64_t i = 0; i < run.commands; ++i) {
            const auto cpu = static_cast<unsigned>(rng.below(2));
            const std::uint64_t dice = rng.below(1000);
            if (dice < 5) {
                m.tasks.free_vm_stack_cache(cpu);
            } else if (dice < 520) {
                failed += !m.tasks.dup_task_struct(no_node, cpu);
            } else if (!m.state.tasks->empty()) {
                auto it = m.state.tasks->begin();
                std::advance(it, static_cast<long>(rng.below(m.state.tasks->size())));
                ASSERT_TRUE(m.tasks.free_task(it->first, cpu));
            }
            const Broken broken = m.check();
            ASSERT_EQ(std::nullopt, broken) << *broken << " after command " << i << ", " << run.seed_text;
        }
        EXPECT_GT(failed, 0u) << "nothing ran out";
        failing = false;
        while (!m.state.tasks->empty())
            ASSERT_TRUE(m.tasks.free_task(m.state.tasks->begin()->first, 0));
        for (unsigned cpu = 0; cpu < 2; ++cpu)
            m.tasks.free_vm_stack_cache(cpu);
        EXPECT_EQ(m.vmalloc.pages, 0u);
        EXPECT_EQ(std::nullopt, m.check());
    }
}

}  // namespace
}  // namespace mm
