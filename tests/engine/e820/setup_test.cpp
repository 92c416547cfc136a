// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/e820/setup.h"

#include <gtest/gtest.h>

#include "tests/engine/e820/recorder.h"

namespace mm {
namespace {

constexpr auto ram = E820Type::ram, reserved = E820Type::reserved;

//   0      640K        1M                 512M-128K  512M
//   |ram...|           |ram...............|reserved..|
E820Table pc_512m() {
    E820Table table;
    table.memory_setup(
        {{0, 0x9fc00, ram}, {0x9fc00, 0x400, reserved}, {0x100000, 0x1fee0000, ram}, {0x1ffe0000, 0x20000, reserved}},
        0, 0);
    return table;
}

TEST(UserMap, MemCutsAndPrintsTheUsersMap) {
    auto table = pc_512m();
    Recorder log;
    EXPECT_TRUE(apply_user_map(table, "console=ttyS0 mem=256M quiet", log.tracer()));
    EXPECT_EQ(log.lines, (std::vector<std::string>{"e820: remove [mem 0x10000000-0xfffffffffffffffe] usable",
                                                   "user-defined physical RAM map:",
                                                   "user: [mem 0x0000000000000000-0x000000000009fbff] usable",
                                                   "user: [mem 0x000000000009fc00-0x000000000009ffff] reserved",
                                                   "user: [mem 0x0000000000100000-0x000000000fffffff] usable",
                                                   "user: [mem 0x000000001ffe0000-0x000000001fffffff] reserved"}));
}

TEST(UserMap, NothingOnTheCommandLineChangesNothing) {
    auto table = pc_512m();
    const auto before = table;
    Recorder log;
    EXPECT_FALSE(apply_user_map(table, "quiet memory=1G -- mem=1M memmap=1M@0", log.tracer()));
    EXPECT_EQ(table, before);
    EXPECT_TRUE(log.lines.empty());
}

TEST(UserMap, AMemThatIsNoNumberIsMalformedButCountsAsTheUsersMap) {
    auto table = pc_512m();
    const auto before = table;
    Recorder log;
    EXPECT_TRUE(apply_user_map(table, "mem=abc", log.tracer()));
    EXPECT_EQ(log.lines.at(0), "Malformed early option 'mem'");
    EXPECT_EQ(log.lines.at(1), "user-defined physical RAM map:");
    EXPECT_EQ(table, before);
    Recorder no_value;
    EXPECT_FALSE(apply_user_map(table, "mem", no_value.tracer()));
    EXPECT_EQ(no_value.lines, (std::vector<std::string>{"Malformed early option 'mem'"}));
}

TEST(UserMap, MemmapAddsEveryKindAndTakesListsWithCommas) {
    auto table = pc_512m();
    EXPECT_TRUE(apply_user_map(table, "memmap=1M$16M,64K#32M memmap=2M!0x4000000 memmap=1G@4G", {}));
    EXPECT_EQ(table.type_at(16 * MiB), reserved);
    EXPECT_EQ(table.type_at(17 * MiB), ram);
    EXPECT_EQ(table.type_at(32 * MiB), E820Type::acpi);
    EXPECT_EQ(table.type_at(64 * MiB), E820Type::pram);
    EXPECT_EQ(table.type_at(66 * MiB), ram);
    EXPECT_EQ(table.type_at(4 * GiB), ram);
    EXPECT_EQ(table.check(), std::nullopt);
}

TEST(UserMap, MemmapWithPercentConvertsTypes) {
    auto table = pc_512m();
    Recorder log;
    EXPECT_TRUE(apply_user_map(table, "memmap=1M%16M-1+2 memmap=1M%32M-1 memmap=1M%4G+7", log.tracer()));
    EXPECT_EQ(table.type_at(16 * MiB), reserved);
    EXPECT_EQ(table.type_at(32 * MiB), E820Type::none);
    EXPECT_EQ(table.type_at(4 * GiB), E820Type::pmem);
    EXPECT_EQ(log.lines.at(0), "e820: update [mem 0x01000000-0x010fffff] usable ==> reserved");
    EXPECT_EQ(log.lines.at(1), "e820: remove [mem 0x02000000-0x020fffff] usable");
}

TEST(UserMap, ExactmapStartsOverAndOneRangeAloneIsAPanic) {
    auto table = pc_512m();
    EXPECT_TRUE(apply_user_map(table, "memmap=exactmap memmap=640K@0 memmap=63M@1M", {}));
    EXPECT_EQ(table.entries(), (std::vector<E820Entry>{{0, 640 * KiB, ram}, {MiB, 63 * MiB, ram}}));
    auto lone = pc_512m();
    Recorder log;
    ASSERT_TRUE(parse_user_map(lone, "memmap=exactmap,64M@0", log.tracer()));
    EXPECT_FALSE(finish_user_map(lone, log.tracer()));
    EXPECT_EQ(log.lines, (std::vector<std::string>{"Kernel panic - not syncing: Invalid user supplied memory map"}));
}

TEST(SetupData, BecomesKernelRamOfItsOwnAndIsPrintedForBothTables) {
    auto table = pc_512m();
    Recorder log;
    reserve_setup_data(table, {{0x1000018, 0x1000058}}, log.tracer());
    ASSERT_EQ(log.lines.size(), 2u + 1 + 6);
    EXPECT_EQ(log.lines[0], "e820: update [mem 0x01000018-0x01000057] usable ==> usable");
    EXPECT_EQ(log.lines[1], log.lines[0]);
    EXPECT_EQ(log.lines[2], "extended physical RAM map:");
    EXPECT_EQ(log.lines[6], "reserve setup_data: [mem 0x0000000001000018-0x0000000001000057] usable");
    EXPECT_EQ(table.type_at(0x1000018), E820Type::reserved_kern);
    EXPECT_EQ(table.type_at(0x1000058), ram);
}

TEST(KernelRange, IsLeftAloneInRamAndAddedOutsideIt) {
    auto table = pc_512m();
    const auto before = table;
    e820_add_kernel_range(table, {0x1000000, 0x4430000}, {});
    EXPECT_EQ(table, before);
    Recorder log;
    e820_add_kernel_range(table, {0x1f000000, 0x20000000}, log.tracer());
    EXPECT_EQ(log.lines, (std::vector<std::string>{".text .data .bss are not marked as E820_TYPE_RAM!",
                                                   "e820: remove [mem 0x1f000000-0x1fffffff] "}));
    table.update_table();
    EXPECT_EQ(table.type_at(0x1fffffff), ram);
}

TEST(TrimBios, TakesPageZeroAndTheHoleBelowOneMib) {
    E820Table table;
    table.memory_setup({{0, GiB, ram}, {GiB, 0x1000, reserved}}, 0, 0);
    Recorder log;
    trim_bios_range(table, page_size, log.tracer());
    EXPECT_EQ(log.lines, (std::vector<std::string>{"e820: update [mem 0x00000000-0x00000fff] usable ==> reserved",
                                                   "e820: remove [mem 0x000a0000-0x000fffff] usable"}));
    EXPECT_EQ(
        table.entries(),
        (std::vector<E820Entry>{
            {0, 0x1000, reserved}, {0x1000, 0x9f000, ram}, {0x100000, GiB - 0x100000, ram}, {GiB, 0x1000, reserved}}));
}

}  // namespace
}  // namespace mm
