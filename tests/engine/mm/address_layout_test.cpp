// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <set>

#include "tests/support/mm_machine.h"

namespace mm {
namespace {

using test::MmMachine;

const Vma* area_named(const Mm& mm, std::string_view name) {
    for (const auto& [start, area] : mm.areas)
        if (area.name == name) return &area;
    return nullptr;
}

//      level 0    0x5555... program and heap    0x7ffff7... libraries, vdso    0x7fff'fffff000 stack
TEST(AddressLayout, IsTheSameWithoutRandomization) {
    MmMachine m;
    const AddressLayout a = new_address_layout(m.state), b = new_address_layout(m.state);
    EXPECT_EQ(a.stack_top, VirtAddr{0x7ffffffff000});
    EXPECT_EQ(a.mmap_base, VirtAddr{0x7ffff7fff000});
    EXPECT_EQ(a.pie, VirtAddr{0x555555554000});
    EXPECT_EQ(a.heap_gap, 0u);
    EXPECT_EQ(a.mmap_base, b.mmap_base);
}

//      Expect: as far as the kernel moves things and no further, each time elsewhere, from one seed always the same.
TEST(AddressLayout, MovesWithinTheKernelsLimits) {
    struct Limits {
        PagingMode paging;
        VirtAddr task_size;
        Bytes stack, mmap, heap;
    };
    for (const Limits& limits : {Limits{PagingMode::x86_64, 0x7ffffffff000, 16 * GiB, Bytes{1} << 40, GiB},
                                 Limits{PagingMode::i386_pae, 0xc0000000, 8 * MiB, MiB, 32 * MiB},
                                 Limits{PagingMode::arm64, VirtAddr{1} << 48, GiB, GiB, GiB}}) {
        SCOPED_TRACE(name_of(limits.paging));
        MmState state;
        state.layout.paging = limits.paging;
        state.layout.task_size = limits.task_size;
        state.randomize_va_space = 1;
        EXPECT_EQ(0u, new_address_layout(state).heap_gap) << "the heap moves at level 2 only";
        state.randomize_va_space = 2;
        std::set<VirtAddr> stacks, bases, heaps;
        const VirtAddr highest = limits.task_size - 8 * MiB - MiB - limits.stack + page_size;
        for (int i = 0; i < 200; ++i) {
            const AddressLayout a = new_address_layout(state);
            for (const VirtAddr at : {a.stack_top, a.mmap_base, a.pie, a.heap_gap})
                ASSERT_EQ(0u, at % page_size);
            ASSERT_LE(limits.task_size - a.stack_top, limits.stack);
            ASSERT_LT(a.start_stack, a.stack_top);
            ASSERT_LE(a.stack_top - a.start_stack, 3 * page_size);
            ASSERT_LE(a.mmap_base, std::min(highest, limits.task_size - 128 * MiB));
            ASSERT_GE(a.mmap_base, std::min(highest - page_size, limits.task_size - 128 * MiB) - limits.mmap);
            ASSERT_LT(a.heap_gap, limits.heap);
            stacks.insert(a.stack_top), bases.insert(a.mmap_base), heaps.insert(a.heap_gap);
        }
        EXPECT_GT(stacks.size(), 100u);
        EXPECT_GT(bases.size(), 50u);
        EXPECT_GT(heaps.size(), 100u);
    }
}

//      [program] gap [heap]   ...   [libraries]   ...   [stack][vvar][vdso]
TEST(AddressLayout, OfAProcess) {
    MmMachine m;
    m.state.randomize_va_space = 2;
    const Pid init = m.start();
    const Mm& mm = m.mm(init);
    EXPECT_GT(mm.start_brk - mm.end_data, page_size);
    const Vma* vdso = area_named(mm, "[vdso]");
    ASSERT_TRUE(vdso);
    EXPECT_GT(vdso->range.start, mm.start_stack) << "x86_64 puts it above the stack";
    ASSERT_TRUE(m.processes.brk(init, mm.brk + 4 * page_size));
    EXPECT_EQ(std::nullopt, m.check());
    const VirtAddr stack = mm.start_stack;
    MmMachine again;
    again.state.randomize_va_space = 2;
    EXPECT_EQ(stack, again.mm(again.start()).start_stack) << "chance is seeded";
}

}  // namespace
}  // namespace mm
