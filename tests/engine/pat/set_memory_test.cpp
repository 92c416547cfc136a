// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/types/rng.h"
#include "tests/engine/pat/pat_machine.h"
#include "tests/support/random_run.h"

namespace mm {
namespace {

using enum MemoryAttribute;
using test::PatMachine;
using test::RandomRun;
using testing::HasSubstr;

class Told : public EventSink {
public:
    void event(const Event& e, std::string_view) override { kinds.push_back(e.kind); }
    void printk(std::string line) override { lines.push_back(std::move(line)); }
    std::vector<EventKind> kinds;
    std::vector<std::string> lines;
};

//      [          2M leaf, WB          ]     set_memory_uc(one page): 512 small leaves, one of them UC-
TEST(SetMemory, OnePageSplitsTheLargeLeafAndIsRemembered) {
    PatMachine m;
    Told told;
    m.trace = Tracer(&told);
    const Pfn p = m.alloc(0);
    ASSERT_EQ(PatMachine::leaf, m.leaf_at(m.va(p)));
    ASSERT_EQ(PatResult::done, *m.set(uc, m.va(p), 1));
    EXPECT_EQ(page_size, m.leaf_at(m.va(p)));
    EXPECT_EQ(CacheMode::uc_minus, m.mapped_as(m.va(p)));
    EXPECT_EQ(CacheMode::wb, m.mapped_as(m.va(p ^ 1))) << "its neighbour is as before";
    EXPECT_EQ(bit(PageFlag::uncached), m.memory.pages.flags(p) & memory_type_flags);
    EXPECT_EQ(1u, m.state.tables->size());
    EXPECT_EQ(1u, m.state.level2_splits);
    EXPECT_THAT(told.kinds, testing::IsSupersetOf(
                                {EventKind::page_flags, EventKind::split_large_page, EventKind::change_page_attr}));
    EXPECT_EQ(std::nullopt, m.check(1));
    ASSERT_EQ(PatResult::done, *m.set(wb, m.va(p), 1));
    EXPECT_EQ(CacheMode::wb, m.mapped_as(m.va(p)));
    EXPECT_EQ(0u, m.memory.pages.flags(p) & memory_type_flags);
    EXPECT_EQ(page_size, m.leaf_at(m.va(p))) << "never joined again";
    EXPECT_EQ(std::nullopt, m.check(1));
}

//      [ 2M ][ 2M ][ 2M ]     all of a leaf changes: it stays large; of the next only a part: it is split
TEST(SetMemory, AWholeLeafStaysLarge) {
    PatMachine m;
    const Pfn p = m.alloc(10);  // two leaves
    ASSERT_EQ(PatResult::done, *m.set(wc, m.va(p), 512 + 8));
    EXPECT_EQ(PatMachine::leaf, m.leaf_at(m.va(p)));
    EXPECT_EQ(CacheMode::wc, m.mapped_as(m.va(p)));
    EXPECT_EQ(page_size, m.leaf_at(m.va(p + 512)));
    EXPECT_EQ(CacheMode::wc, m.mapped_as(m.va(p + 519)));
    EXPECT_EQ(CacheMode::wb, m.mapped_as(m.va(p + 520)));
    EXPECT_EQ(CacheMode::wc, m.remembered(p + 519));
    EXPECT_EQ(CacheMode::wb, m.remembered(p + 520));
    EXPECT_EQ(1u, m.state.tables->size());
    EXPECT_EQ(std::nullopt, m.check(1024));
}

TEST(SetMemory, ATypeIsGivenOnce) {
    PatMachine m;
    Told told;
    m.trace = Tracer(&told);
    const Pfn p = m.alloc(1);
    ASSERT_EQ(PatResult::done, *m.set(uc, m.va(p + 1), 1));
    EXPECT_EQ(PatResult::busy, *m.set(wc, m.va(p), 2));
    EXPECT_THAT(told.lines, testing::ElementsAre(
                                fmt::format("x86/PAT: reserve_ram_pages_type failed [mem {:#010x}-{:#010x}], track "
                                            "0x2, req 0x1",
                                            phys_of(p), phys_of(p + 2) - 1)));
    EXPECT_EQ(CacheMode::wb, m.remembered(p));
    EXPECT_EQ(CacheMode::wb, m.mapped_as(m.va(p)));
}

//      the image's last page is seen in the direct map and where the image is: both change
TEST(SetMemory, TheImageSeesTheSameFrames) {
    PatMachine m;
    const Pfn behind = pfn_down(PatMachine::image_end) + 3;  // behind _brk_end, in the image's last large page
    ASSERT_EQ(PatResult::done, *m.set(uc, m.va(behind), 1));
    const VirtAddr there = PatMachine::image + phys_of(behind) - PatMachine::image_start;
    EXPECT_EQ(CacheMode::uc_minus, m.mapped_as(there));
    EXPECT_EQ(CacheMode::wb, m.mapped_as(there + page_size));
    EXPECT_EQ(2u, m.state.tables->size()) << "a table for either mapping";
    EXPECT_EQ(1u, m.state.level2_splits) << "only the direct map's count";
    EXPECT_EQ(std::nullopt, m.check(0));
}

TEST(SetMemory, WithoutMemoryForATableNothingIsRemembered) {
    PatMachine m;
    const Pfn p = m.alloc(0);
    m.faults.tables = [] { return true; };
    EXPECT_EQ(PatResult::no_memory, *m.set(uc, m.va(p), 1));
    EXPECT_EQ(CacheMode::wb, m.mapped_as(m.va(p)));
    EXPECT_EQ(CacheMode::wb, m.remembered(p));
    EXPECT_EQ(std::nullopt, m.check(1));
}

TEST(SetMemory, TellsWhatItCannotChange) {
    PatMachine m;
    const Pfn p = m.alloc(0);
    EXPECT_THAT(m.set(uc, m.va(p) + 8, 1).error().text(), HasSubstr("not where a page begins"));
    EXPECT_THAT(m.set(uc, m.va(p), 0).error().text(), HasSubstr("no page"));
    EXPECT_THAT(m.set(uc, m.va(pfn_down(60 * MiB)), 1).error().text(), HasSubstr("is free"));
    EXPECT_THAT(m.set(uc, m.va(0xa0), 1).error().text(), HasSubstr("no RAM above 1 MiB"));
    EXPECT_THAT(m.set(ro, PatMachine::image, 1).error().text(), HasSubstr("kernel's image"));
    EXPECT_THAT(m.set(ro, 0xffffc90000000000, 1).error().text(), HasSubstr("is not mapped"));
    EXPECT_THAT(m.set(wc, PatMachine::page_offset + PatMachine::memory_end, 1).error().text(),
                HasSubstr("not in the direct map"));
    EXPECT_THAT(m.set(ro, PatMachine::image & 0xffffffffffff, 1).error().text(), HasSubstr("not canonical"));
    EXPECT_THAT(m.set(uc, ~VirtAddr{0} - page_size + 1, 4).error().text(), HasSubstr("leave the address space"));
}

/// What each page of a block has to look like after random commands.
class Player {
public:
    explicit Player(std::uint64_t seed) : m_rng(seed), m_first(m.alloc(10)), m_pages(1024) {
        m.faults.tables = [this] { return m_rng.chance(100); };
    }
    void step() {
        const Pfn from = m_rng.below(m_pages.size());
        const bool whole = m_rng.chance(100);
        const NrPages count = whole ? m_pages.size() - from : 1 + m_rng.below(std::min<Pfn>(m_pages.size() - from, 40));
        const auto what = static_cast<MemoryAttribute>(m_rng.below(5));
        const auto done = m.set(what, m.va(m_first + from), count);
        ASSERT_TRUE(done) << done.error().text();
        for (Pfn i = from; i < from + count; ++i) {
            if (*done == PatResult::done) apply(what, m_pages[i]);
            if (*done == PatResult::no_memory) half_done(what, i);
        }
        ++results[static_cast<std::size_t>(*done)];
    }
    void expect_all() const {
        for (Pfn i = 0; i < m_pages.size(); ++i) {
            const VirtAddr at = m.va(m_first + i);
            ASSERT_EQ(m_pages[i].writable, m.writable(at)) << i;
            ASSERT_EQ(m_pages[i].mapped, m.mapped_as(at)) << i;
            ASSERT_EQ(m_pages[i].remembered, m.remembered(m_first + i)) << i;
        }
    }
    void free_all() { ASSERT_TRUE(m.memory.allocator.free_pages(m_first, 10)); }
    Broken check(NrPages others = 1024) const { return m.check(others); }
    std::array<std::uint64_t, 3> results{};

private:
    struct Page {
        bool writable = true;
        CacheMode mapped = CacheMode::wb, remembered = CacheMode::wb;
    };
    static void apply(MemoryAttribute what, Page& page) {
        if (what == ro || what == rw)
            page.writable = what == rw;
        else
            page.mapped = page.remembered = what == wb   ? CacheMode::wb
                                            : what == uc ? CacheMode::uc_minus
                                                         : CacheMode::wc;
    }
    /// Before or behind where memory ran out; write combining goes over UC-.
    void half_done(MemoryAttribute what, Pfn i) {
        Page& page = m_pages[i];
        Page other = page;
        apply(what, other);
        const VirtAddr at = m.va(m_first + i);
        ASSERT_TRUE(m.writable(at) == page.writable || m.writable(at) == other.writable);
        const CacheMode is = m.mapped_as(at);
        ASSERT_TRUE(is == page.mapped || is == other.mapped || (what == wc && is == CacheMode::uc_minus));
        page.writable = m.writable(at);
        page.mapped = is;
        if (what == uc || what == wc) page.remembered = CacheMode::wb;
    }

    Rng m_rng;
    PatMachine m;
    Pfn m_first;
    std::vector<Page> m_pages;
};

TEST(SetMemory, RandomCommandsWithFailuresAddUp) {
    const RandomRun run = test::random_run("PAT", 3000);
    SCOPED_TRACE(run.seed_text);
    std::array<std::uint64_t, 3> results{};
    std::uint64_t played = 0;
    for (std::uint64_t seed = run.seed; played < run.commands; ++seed) {  // a machine's leaves are all split soon
        Player player(seed);
        for (int i = 0; i < 150; ++i, ++played) {
            ASSERT_NO_FATAL_FAILURE(player.step()) << "seed " << seed << " step " << i;
            ASSERT_EQ(std::nullopt, player.check()) << "seed " << seed << " step " << i;
            if (i % 10 == 0) {
                ASSERT_NO_FATAL_FAILURE(player.expect_all()) << "seed " << seed << " step " << i;
            }
        }
        ASSERT_NO_FATAL_FAILURE(player.expect_all()) << "seed " << seed;
        player.free_all();
        ASSERT_EQ(std::nullopt, player.check(0)) << "what goes free has no type, seed " << seed;
        for (std::size_t i = 0; i < results.size(); ++i)
            results[i] += player.results[i];
    }
    for (const std::uint64_t n : results)
        EXPECT_GT(n, 0u) << "all outcomes are met";
    RecordProperty("done", static_cast<int>(results[0]));
}

}  // namespace
}  // namespace mm
