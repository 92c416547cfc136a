// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/e820/e820_table.h"

#include <gtest/gtest.h>

#include "tests/engine/e820/recorder.h"

namespace mm {
namespace {

constexpr auto ram = E820Type::ram, reserved = E820Type::reserved, acpi = E820Type::acpi, pram = E820Type::pram;

E820Table table_of(const std::vector<E820Entry>& entries) {
    E820Table table;
    for (const auto& e : entries)
        table.range_add(e.start, e.size, e.type);
    return table;
}

//   0    0x1000   0x3000   0x4000
//   |             |reserved|
//   |ram............................|  0x6000
// Expect three entries, reserved on top.
TEST(UpdateTable, TheHigherTypeWinsWhereEntriesOverlap) {
    auto table = table_of({{0x3000, 0x1000, reserved}, {0, 0x6000, ram}});
    EXPECT_TRUE(table.update_table());
    EXPECT_EQ(table.entries(),
              (std::vector<E820Entry>{{0, 0x3000, ram}, {0x3000, 0x1000, reserved}, {0x4000, 0x2000, ram}}));
    EXPECT_EQ(table.check(), std::nullopt);
}

TEST(UpdateTable, TouchingEntriesOfOneTypeBecomeOneExceptPersistentMemory) {
    auto table = table_of({{0, 0x1000, ram}, {0x1000, 0x1000, ram}});
    EXPECT_TRUE(table.update_table());
    EXPECT_EQ(table.entries(), (std::vector<E820Entry>{{0, 0x2000, ram}}));
    auto devices = table_of({{0, 0x1000, pram}, {0x1000, 0x1000, pram}});
    EXPECT_TRUE(devices.update_table());
    EXPECT_EQ(devices.entries().size(), 2u);
}

TEST(UpdateTable, OneEntryOrAWrappingOneLeavesTheTableAlone) {
    auto one = table_of({{0x1000, 0x1000, ram}});
    EXPECT_FALSE(one.update_table());
    auto wrapping = table_of({{0x2000, 0x1000, ram}, {0, 0x1000, ram}, {~std::uint64_t{0} - 0xfff, 0x1000, reserved}});
    const auto before = wrapping;
    EXPECT_FALSE(wrapping.update_table());
    EXPECT_EQ(wrapping, before);
}

TEST(UpdateTable, EmptyEntriesVanish) {
    auto table = table_of({{0x5000, 0, reserved}, {0x1000, 0x1000, ram}});
    EXPECT_TRUE(table.update_table());
    EXPECT_EQ(table.entries(), (std::vector<E820Entry>{{0x1000, 0x1000, ram}}));
    auto nothing = table_of({{0x5000, 0, reserved}, {0x1000, 0, ram}});
    EXPECT_TRUE(nothing.update_table());
    EXPECT_TRUE(nothing.empty());
}

TEST(RangeUpdate, SplitsTheEntryItLiesIn) {
    auto table = table_of({{0, 0x10000, ram}});
    Recorder log;
    EXPECT_EQ(table.range_update(0x1000, 0x1000, ram, reserved, log.tracer()), 0x1000u);
    EXPECT_EQ(log.lines, (std::vector<std::string>{"e820: update [mem 0x00001000-0x00001fff] usable ==> reserved"}));
    EXPECT_EQ(log.texts.at(0), "usable => reserved");
    EXPECT_TRUE(table.update_table());
    EXPECT_EQ(table.entries(),
              (std::vector<E820Entry>{{0, 0x1000, ram}, {0x1000, 0x1000, reserved}, {0x2000, 0xe000, ram}}));
}

TEST(RangeUpdate, TouchesOnlyTheOldType) {
    auto table = table_of({{0, 0x1000, ram}, {0x1000, 0x1000, acpi}, {0x2000, 0x1000, ram}});
    EXPECT_EQ(table.range_update(0x800, 0x2000, ram, reserved), 0x800u + 0x800u);
    EXPECT_TRUE(table.update_table());
    EXPECT_EQ(table.entries(), (std::vector<E820Entry>{{0, 0x800, ram},
                                                       {0x800, 0x800, reserved},
                                                       {0x1000, 0x1000, acpi},
                                                       {0x2000, 0x800, reserved},
                                                       {0x2800, 0x800, ram}}));
}

TEST(RangeRemove, TakesOutTheMiddleAndPrintsTheLine) {
    auto table = table_of({{0, 0x200000, ram}});
    Recorder log;
    EXPECT_EQ(table.range_remove(0xa0000, 0x60000, ram, true, log.tracer()), 0x60000u);
    EXPECT_EQ(log.lines, (std::vector<std::string>{"e820: remove [mem 0x000a0000-0x000fffff] usable"}));
    EXPECT_EQ(table.type_at(0xa0000), E820Type::none);
    EXPECT_EQ(table.type_at(0x9ffff), ram);
    EXPECT_EQ(table.type_at(0x100000), ram);
}

TEST(RangeRemove, WithoutTypeCheckRemovesEverything) {
    auto table = table_of({{0, 0x1000, ram}, {0x1000, 0x1000, acpi}, {0x2000, 0x1000, ram}});
    EXPECT_EQ(table.range_remove(0x800, 0x2000, ram, false), 0x2000u);
    EXPECT_TRUE(table.update_table());
    EXPECT_EQ(table.entries(), (std::vector<E820Entry>{{0, 0x800, ram}, {0x2800, 0x800, ram}}));
}

TEST(RangeRemove, UpToTheEndOfAddressesDoesNotWrap) {
    auto table = table_of({{0, 0x1000, ram}, {0x100000, 0x40000000, ram}});
    Recorder log;
    table.range_remove(0x20000000, ~std::uint64_t{0} - 0x20000000, ram, true, log.tracer());
    EXPECT_EQ(log.lines.at(0), "e820: remove [mem 0x20000000-0xfffffffffffffffe] usable");
    EXPECT_EQ(table.end_of_ram_pfn(Pfn{1} << 34), 0x20000u);
}

TEST(EndOfRam, PrintsTheLineAndIgnoresWhatIsNotRam) {
    auto table = table_of({{0, 0x9fc00, ram}, {0x100000, 0x1fee0000, ram}, {0x1ffe0000, 0x20000, reserved}});
    Recorder log;
    EXPECT_EQ(table.end_of_ram_pfn(Pfn{1} << 34, log.tracer()), 0x1ffe0u);
    EXPECT_EQ(log.lines, (std::vector<std::string>{"last_pfn = 0x1ffe0 max_arch_pfn = 0x400000000"}));
}

TEST(EndOfRam, LowRamEndsBelowFourGib) {
    auto table = table_of({{0, 3 * GiB, ram}, {4 * GiB, GiB, ram}});
    EXPECT_EQ(table.end_of_ram_pfn(Pfn{1} << 34), pfn_down(5 * GiB));
    EXPECT_EQ(table.end_of_low_ram_pfn(Pfn{1} << 34), pfn_down(3 * GiB));
    EXPECT_EQ(table_of({{0, 8 * GiB, ram}}).end_of_low_ram_pfn(Pfn{1} << 34), pfn_down(4 * GiB));
    EXPECT_EQ(table_of({{0, 8 * GiB, ram}}).end_of_ram_pfn(pfn_down(GiB)), pfn_down(GiB));
}

TEST(Mapped, AllNeedsTheWholeRangeAnyOneByte) {
    auto table = table_of({{0, 0x1000, ram}, {0x1000, 0x1000, reserved}, {0x2000, 0x1000, ram}});
    EXPECT_TRUE(table.mapped_all({0x100, 0x1000}, ram));
    EXPECT_FALSE(table.mapped_all({0x100, 0x1001}, ram));
    EXPECT_TRUE(table.mapped_all({0, 0x3000}, E820Type::none));
    EXPECT_FALSE(table.mapped_all({0, 0x3001}, E820Type::none));
    EXPECT_TRUE(table.mapped_any({0x1fff, 0x2001}, ram));
    EXPECT_FALSE(table.mapped_any({0x1000, 0x2000}, ram));
    EXPECT_FALSE(table.mapped_any({0x1000, 0x2000}, acpi));
}

TEST(PciGap, LiesAboveTheRamOfAPc) {
    auto table = table_of({{0, 0x9fc00, ram},
                           {0x100000, 0x1fee0000, ram},
                           {0x1ffe0000, 0x20000, reserved},
                           {0xfffc0000, 0x40000, reserved}});
    EXPECT_EQ(table.pci_gap(), (PhysRange{0x20000000, 0xfffc0000}));
    EXPECT_EQ(table_of({{0, 4 * GiB, ram}}).pci_gap(), (PhysRange{4 * GiB + MiB, 4 * GiB + 5 * MiB}));
}

TEST(TypeNames, AreTheKernels) {
    EXPECT_EQ(e820_type_name(ram), "usable");
    EXPECT_EQ(e820_type_name(E820Type::reserved_kern), "usable");
    EXPECT_EQ(e820_type_name(pram), "persistent (type 12)");
    EXPECT_EQ(e820_type_name(E820Type::soft_reserved), "soft reserved");
    EXPECT_EQ(e820_type_name(static_cast<E820Type>(20)), "type 20");
}

TEST(MemorySetup, FewerThanTwoEntriesFallBackToTheOlderBiosCalls) {
    E820Table table;
    EXPECT_EQ(table.memory_setup({{0, GiB, ram}}, 0x10000, 0xfc00), "BIOS-e801");
    EXPECT_EQ(table.entries(), (std::vector<E820Entry>{{0, 0x9f000, ram}, {0x100000, 64 * MiB, ram}}));
    E820Table other;
    EXPECT_EQ(other.memory_setup({}, 0, 0x3c00), "BIOS-88");
    EXPECT_EQ(other.entries(), (std::vector<E820Entry>{{0, 0x9f000, ram}, {0x100000, 15 * MiB, ram}}));
}

TEST(MemorySetup, AnEntryBeyond64BitsThrowsTheMapAway) {
    E820Table table;
    const std::vector<E820Entry> map{{0, 0x9f000, ram}, {0x100000, ~std::uint64_t{0}, ram}, {GiB, GiB, ram}};
    EXPECT_FALSE(table.append(map));
    EXPECT_EQ(table.entries().size(), 1u) << "what came before the entry was taken already";
    E820Table whole;
    EXPECT_EQ(whole.memory_setup(map, 1024, 0), "BIOS-e801");
}

TEST(MemorySetup, PrintsNothingAndSortsTheMap) {
    E820Table table;
    Recorder log;
    EXPECT_EQ(table.memory_setup({{0x100000, GiB, ram}, {0, 0x9f000, ram}}, 0, 0, log.tracer()), "BIOS-e820");
    EXPECT_TRUE(log.lines.empty());
    EXPECT_EQ(log.kinds, (std::vector<EventKind>{EventKind::e820_range_add, EventKind::e820_range_add,
                                                 EventKind::e820_update_table}));
    EXPECT_EQ(table.print_lines("BIOS-e820"),
              (std::vector<std::string>{"BIOS-e820: [mem 0x0000000000000000-0x000000000009efff] usable",
                                        "BIOS-e820: [mem 0x0000000000100000-0x00000000400fffff] usable"}));
}

TEST(Limits, TheEntryAfterTheLastIsRefusedAsTheKernelPrintsIt) {
    E820Table table;
    Recorder log;
    for (unsigned i = 0; i < E820Table::max_entries; ++i)
        table.range_add(PhysAddr{i} * 0x2000, 0x1000, ram);
    table.range_add(0x100000000, 0x1000, ram, log.tracer());
    EXPECT_EQ(table.entries().size(), E820Table::max_entries);
    EXPECT_EQ(log.lines, (std::vector<std::string>{"too many entries; ignoring [mem 0x100000000-0x100000fff]"}));
    EXPECT_TRUE(log.kinds.empty());
    table.range_update(0x400, 0x400, ram, reserved, log.tracer());
    EXPECT_EQ(table.entries().size(), E820Table::max_entries);
}

}  // namespace
}  // namespace mm
