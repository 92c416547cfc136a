// SPDX-License-Identifier: GPL-3.0-or-later
// What mem_init() of older 32-bit kernels prints.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/snapshot/layout_of.h"
#include "engine/snapshot/proc_format.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

/// After mem_init(): later the initrd and the kernel's own initial memory are freed.
SnapshotPtr boot_as(KernelVersion version) {
    const auto machine = test::load_machine("i386-pae-4g");
    Timeline timeline(machine, profile_for(Arch::i386, version, machine->banner, true));
    const auto stages = timeline.history().stages();
    for (std::size_t i = 0; i < stages.size(); ++i)
        if (stages[i].name == "mem_init_print_info") timeline.seek(timeline.history().spans()[i].last);
    return timeline.snapshot();
}

//      c0000000              high_memory     + 8 MiB                     ...        fffff000
//      [ lowmem ............]    guard      [ vmalloc ...........][ pkmap ][ fixmap ]
TEST(OldI386, MemInitPrintsTheVirtualLayoutBefore57) {
    const SnapshotPtr s = boot_as({4, 17, 0});
    const std::string log = print_dmesg(*s);
    EXPECT_THAT(log, HasSubstr("virtual kernel memory layout:\n"));
    const VirtAddr high_memory = 0xc0000000 + phys_of(s->state.max_low_pfn);
    EXPECT_THAT(log, HasSubstr(fmt::format("    lowmem  : 0xc0000000 - 0x{:08x}   ({:4} MB)\n", high_memory,
                                           (high_memory - 0xc0000000) / MiB)));
    EXPECT_THAT(log, HasSubstr(fmt::format("    vmalloc : 0x{:08x} - ", high_memory + 8 * MiB)));
    EXPECT_THAT(log, ContainsRegex("    pkmap   : 0x[0-9a-f]{8} - 0x[0-9a-f]{8}   \\(2048 kB\\)\n"));
    EXPECT_THAT(log, ContainsRegex("    fixmap  : 0x[0-9a-f]{8} - 0xfffff000   \\(2852 kB\\)\n"));
    EXPECT_THAT(log, ContainsRegex("      \\.text : 0xc1000000 - 0x[0-9a-f]{8}   \\(9423 kB\\)\n"));
    for (const KernelVersion newer : {KernelVersion{5, 7, 0}, KernelVersion{6, 1, 0}})
        EXPECT_THAT(print_dmesg(*boot_as(newer)), Not(HasSubstr("virtual kernel memory layout")));
}

// Expect: the total reaches up to the last frame; what is reserved is counted in low memory alone; no "absent".
TEST(OldI386, TheMemoryLineBefore311) {
    const SnapshotPtr s = boot_as({3, 2, 0});
    NrPages reserved = 0, highmem = 0;
    for (const Zone& zone : s->state.zones.nodes[0].zones)
        (s->state.zones.is_highmem(zone.type) ? highmem : reserved) +=
            s->state.zones.is_highmem(zone.type) ? zone.managed : zone.present - zone.managed;
    const auto kib = [](NrPages n) { return n * page_size / KiB; };
    const std::string log = print_dmesg(*s);
    EXPECT_THAT(log, ContainsRegex(fmt::format("Memory: [0-9]+k/{}k available \\(9423k kernel code, {}k reserved, "
                                               "[0-9]+k data, 928k init, {}k highmem\\)\n",
                                               kib(s->state.max_pfn), kib(reserved), kib(highmem))));
    EXPECT_GT(highmem, 0u);
    EXPECT_THAT(log, Not(HasSubstr("absent")));
}

}  // namespace
}  // namespace mm
