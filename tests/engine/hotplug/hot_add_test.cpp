// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <utility>

#include "engine/types/rng.h"
#include "tests/engine/hotplug/hotplug_machine.h"
#include "tests/support/random_run.h"

namespace mm {
namespace {

using test::HotplugMachine;
using testing::HasSubstr;

constexpr NrPages block_pages = HotplugMachine::block / page_size;

//  section  0 [boot]   2 [added: 64 leaves of 2M, struct pages at vmemmap + 4M]
//  Expect: mapped where the kernel looks for it, nobody's memory yet, and what describes it is in use.
TEST(HotAdd, AddedMemoryIsMappedAndOffline) {
    HotplugMachine m;
    const NrPages before = m.m.free_pages() + m.m.state.slab_pages();
    ASSERT_TRUE(*m.add(2));
    const PageTables& tables = m.direct_map.tables;
    EXPECT_EQ(tables.walk(HotplugMachine::page_offset + 2 * HotplugMachine::block).leaf_size, 2 * MiB);
    EXPECT_EQ(tables.walk(HotplugMachine::page_offset + 3 * HotplugMachine::block - 1).phys,
              3 * HotplugMachine::block - 1);
    EXPECT_FALSE(tables.walk(HotplugMachine::page_offset + 3 * HotplugMachine::block).phys);
    const AddedSection& section = m.state.added->at(0).sections.at(0);
    ASSERT_EQ(section.memmap.size(), 1u);
    EXPECT_EQ(tables.walk(HotplugMachine::vmemmap + 2 * 2 * MiB).phys, phys_of(section.memmap[0]));
    EXPECT_TRUE(m.is_offline(2));
    EXPECT_EQ(m.m.memory.pages.end_pfn(), 3 * block_pages);
    EXPECT_EQ(m.sections.get().back().number, 2u);
    EXPECT_TRUE(m.state.tables->empty()) << "the first GiB's PMD table was there";
    EXPECT_EQ(m.m.free_pages() + m.m.state.slab_pages(), before - 512);
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_THAT(*hotplug_owner_of(m.state, section.memmap[0]), HasSubstr("struct pages of [0x10000000-0x18000000]"));
    EXPECT_TRUE(hotplug_owner_of_object(m.state, section.usage));
    const auto other = m.m.slabs.kmalloc(64, {});
    EXPECT_FALSE(hotplug_owner_of_object(m.state, **other));
}

//  Expect: online to Normal; online_movable to Movable, whose pages all leave again; then it can be pulled out.
TEST(HotAdd, BlocksGoToTheZoneAskedForAndCanLeave) {
    HotplugMachine m;
    ASSERT_TRUE(*m.add(1, 2));
    ASSERT_TRUE(m.online(1));
    ASSERT_TRUE(m.online(2, BlockState::online_movable));
    EXPECT_EQ(m.zone_of(block_pages), ZoneType::normal);
    EXPECT_EQ(m.zone_of(2 * block_pages), ZoneType::movable);
    EXPECT_EQ(m.zone(ZoneType::normal).spanned, 2 * block_pages - HotplugMachine::boot_frames.start);
    EXPECT_EQ(m.zone(ZoneType::movable).present, block_pages);
    EXPECT_EQ(m.total, HotplugMachine::boot_frames.size() + 2 * block_pages);
    EXPECT_EQ(std::nullopt, m.check());
    const Pfn user = m.alloc(gfp::GFP_HIGHUSER_MOVABLE);
    EXPECT_GE(user, 2 * block_pages) << "Movable comes first for these";
    const Pfn kernel = m.alloc(gfp::GFP_KERNEL);
    EXPECT_LT(kernel, 2 * block_pages);
    EXPECT_THAT(m.remove(1, 2).error().text(), HasSubstr("[0x0000000008000000-0x000000000fffffff] is onlined"));
    EXPECT_THAT(m.remove(1).error().text(), HasSubstr("not what one memory_add has brought"));
    EXPECT_EQ(std::nullopt, m.check(2));
    ASSERT_TRUE(m.m.memory.allocator.free_pages(kernel, 0));
    ASSERT_TRUE(*m.offline(1));
    EXPECT_EQ(m.zone(ZoneType::normal).spanned, HotplugMachine::boot_frames.size());
    ASSERT_TRUE(*m.offline(2));
    ASSERT_EQ(m.moves.size(), 1u);
    EXPECT_EQ(m.moves[0].from, user);
    EXPECT_LT(m.moves[0].to, block_pages);
    EXPECT_EQ(std::nullopt, m.check(1));
    ASSERT_TRUE(m.remove(1, 2));
    EXPECT_EQ(std::nullopt, m.check(1));
}

//  Expect: all pages are back, and so are tables and objects.
TEST(HotAdd, RemovedMemoryLeavesNothingBehind) {
    HotplugMachine m;
    ASSERT_TRUE(*m.add(1, 3));
    ASSERT_TRUE(m.online(2));
    ASSERT_TRUE(*m.offline(2));
    const NrPages free = m.m.free_pages();
    const std::size_t slabs = m.m.state.slab_pages();
    ASSERT_TRUE(m.remove(1, 3));
    EXPECT_EQ(m.m.free_pages(), free + 3 * 512 + slabs - m.m.state.slab_pages());
    EXPECT_EQ(m.taken(), 0u);
    EXPECT_TRUE(m.state.offline.empty());
    EXPECT_EQ(m.sections.size(), 1u);
    EXPECT_FALSE(m.direct_map.tables.walk(HotplugMachine::page_offset + HotplugMachine::block).phys);
    EXPECT_EQ(std::nullopt, m.check());
    ASSERT_TRUE(*m.add(1)) << "and it can come again";
    EXPECT_EQ(std::nullopt, m.check());
}

//  node 0: no two MiB side by side
//  Expect: struct pages in 512 single pages and a table, with the kernel's warning.
TEST(HotAdd, WithoutALargeBlockStructPagesAreScattered) {
    struct Lines : EventSink {
        void event(const Event&, std::string_view) override {}
        void printk(std::string line) override { text += line + "\n"; }
        std::string text;
    } lines;
    HotplugMachine m;
    NrPages held = 0;
    for (Pfn p = m.alloc(gfp::GFP_KERNEL, 1); p != no_pfn; p = m.alloc(gfp::GFP_KERNEL | gfp::nowarn, 1)) {
        ASSERT_TRUE(m.m.memory.allocator.split_page(p));
        ASSERT_TRUE(m.m.memory.allocator.free_pages(p, 0));
        ++held;
    }
    m.trace = Tracer(&lines);
    ASSERT_TRUE(*m.add(1));
    EXPECT_EQ(m.state.added->at(0).sections.at(0).memmap.size(), 512u);
    EXPECT_EQ(m.state.tables->size(), 1u);
    EXPECT_EQ(m.state.tables->begin()->second, PtLevel::pte);
    EXPECT_THAT(lines.text, HasSubstr("vmemmap alloc failure: order:9, mode:0x4cc0(GFP_KERNEL|__GFP_RETRY_MAYFAIL)"));
    EXPECT_EQ(std::nullopt, m.check(held));
    ASSERT_TRUE(m.remove(1));
    EXPECT_TRUE(m.state.tables->empty());
    EXPECT_EQ(std::nullopt, m.check(held));
}

TEST(HotAdd, TellsWhatCannotBe) {
    HotplugMachine m;
    const auto text = [&](PhysRange range, Nid nid = 0) { return m.hot_add().add(range, nid).error().text(); };
    EXPECT_THAT(text({HotplugMachine::block, HotplugMachine::block + MiB}), HasSubstr("Block size [0x8000000]"));
    EXPECT_THAT(text({MiB, HotplugMachine::block}), HasSubstr("unaligned hotplug range"));
    EXPECT_THAT(text({HotplugMachine::block, HotplugMachine::block}), HasSubstr("unaligned hotplug range"));
    EXPECT_THAT(text({HotplugMachine::block, 0}), HasSubstr("maximum addressable range [0x0-0x3fffffff]"));
    EXPECT_THAT(text({0 - HotplugMachine::block, 0}), HasSubstr("maximum addressable range"));
    EXPECT_THAT(text({0, HotplugMachine::block}), HasSubstr("memory already in [0x0-0x8000000]"));
    EXPECT_THAT(text({0, 9 * HotplugMachine::block}), HasSubstr("maximum addressable range"));
    EXPECT_THAT(text({HotplugMachine::block, 2 * HotplugMachine::block}, 1), HasSubstr("node 1 was absent"));
    EXPECT_THAT(m.remove(0).error().text(), HasSubstr("memory of the boot stays"));
    EXPECT_THAT(m.online(1).error().text(), HasSubstr("it is not offline"));
    EXPECT_EQ(std::nullopt, m.check());
}

/// Memory comes and goes, blocks change sides, pages are taken and given back, and each third request for what
/// describes memory fails.
TEST(HotplugRandom, EverythingAddsUpAfterEachCommand) {
    const test::RandomRun run = test::random_run("HOTPLUG", 1500);
    SCOPED_TRACE(run.seed_text);
    HotplugMachine m;
    Rng rng(run.seed), luck(run.seed + 1);
    bool failing = false;
    const auto fails = [&] { return failing && luck.chance(333); };
    m.faults.pages = fails;
    m.m.faults.object = fails;
    m.m.faults.pages = fails;
    std::vector<std::pair<Pfn, Order>> held;
    NrPages pages_held = 0;
    const auto follow = [&](const PageMove& move) {
        const auto moved = std::find(held.begin(), held.end(), std::pair(move.from, Order{0}));
        if (moved != held.end()) moved->first = move.to;
    };
    std::size_t moves_seen = 0;
    std::array<std::uint64_t, 6> done{};
    for (std::uint64_t i = 0; i < run.commands; ++i) {
        failing = rng.chance(500);
        const std::uint64_t dice = rng.below(100), at = 1 + rng.below(7);
        const auto number = static_cast<unsigned>(at);
        if (dice < 15) {
            const auto added = m.add(at, 1 + rng.below(2));
            if (added) ++done[*added ? 0 : 1];
        } else if (dice < 35) {
            done[2] += static_cast<bool>(m.online(number, static_cast<BlockState>(1 + rng.below(3))));
        } else if (dice < 50) {
            if (const auto gone = m.offline(number)) ++done[*gone ? 3 : 4];
            for (const PageMove& move : std::exchange(m.moves, {}))
                follow(move);
        } else if (dice < 60) {
            if (const AddedMemory* memory = added_with(m.state, at * block_pages))
                done[5] += static_cast<bool>(m.hot_add().remove(memory->range));
        } else if (dice < 80 && pages_held < 20000) {
            const auto order = static_cast<Order>(rng.below(10));
            const Gfp gfp = (rng.chance(500) ? gfp::GFP_KERNEL : gfp::GFP_HIGHUSER_MOVABLE) | gfp::nowarn;
            if (const Pfn pfn = m.alloc(gfp, order); pfn != no_pfn)
                held.push_back({pfn, order}), pages_held += NrPages{1} << order;
        } else if (!held.empty()) {
            const std::size_t which = rng.below(held.size());
            ASSERT_TRUE(m.m.memory.allocator.free_pages(held[which].first, held[which].second));
            pages_held -= NrPages{1} << held[which].second;
            held.erase(held.begin() + static_cast<long>(which));
        }
        const auto& compacted = m.m.memory.allocator.all_moved();
        for (; moves_seen < compacted.size(); ++moves_seen)
            follow(compacted[moves_seen]);
        ASSERT_EQ(std::nullopt, m.check(pages_held)) << "after command " << i;
    }
    for (const std::uint64_t n : done)
        EXPECT_GT(n, 0u) << "all outcomes are met";
    std::cout << fmt::format("{}: {} added, {} without memory, {} online, {} offline, {} stayed, {} removed\n",
                             run.seed_text, done[0], done[1], done[2], done[3], done[4], done[5]);
}

}  // namespace
}  // namespace mm
