// SPDX-License-Identifier: GPL-3.0-or-later
// Machines with more memory than the one the test runs on.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/machines.h"

namespace mm {
namespace {

//      0        640K   1M            3G     4G                                   end
//      [ RAM ]         [ RAM ........ ]      [ RAM ................................ ]
std::shared_ptr<const Machine> machine_up_to(PhysAddr end) {
    return test::machine_of({{0, 640 * KiB, E820Type::ram},
                             {1 * MiB, 3 * GiB - 1 * MiB, E820Type::ram},
                             {4 * GiB, end - 4 * GiB, E820Type::ram}});
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr Bytes budget = 4 * GiB;  // shadow memory, and what a sanitizer keeps of memory that was given back
#else
constexpr Bytes budget = 600 * MiB;
#endif

/// Memory of this process that is in use now.
Bytes resident() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:")) return std::stoull(line.substr(6)) * KiB;
    return 0;
}

NrPages free_blocks(const Timeline& timeline, Order order) {
    NrPages n = 0;
    for (const Node& node : timeline.system().state().zones.nodes)
        for (const Zone& zone : node.zones)
            n += zone.free_area[order].nr_free;
    return n;
}

// Expect: all of it in blocks of the highest order, and its history, cost a laptop's spare memory.
TEST(LargeMachine, FifteenTebibytesBootWithinAMemoryBudget) {
    const Bytes before = resident();
    const auto timeline = test::boot(machine_up_to(15 * TiB));
    EXPECT_EQ(timeline->system().state().panic, "");
    EXPECT_GT(free_blocks(*timeline, 10), (15 * TiB - 300 * GiB) / (4 * MiB));
    EXPECT_LT(resident() - before, budget);
}

TEST(LargeMachine, ATebibyteStaysRightWhenItsFramesAreTouched) {
    const auto timeline = test::boot(machine_up_to(1 * TiB));
    const Position booted = timeline->cursor();
    const auto state = timeline->snapshot();
    const std::uint64_t hash = state_hash(state->state, state->pages);
    std::vector<Pfn> taken;
    for (int i = 0; i < 2000; ++i) {
        const auto result =
            timeline->execute(AllocPages{{.gfp = gfp::GFP_KERNEL, .order = static_cast<Order>(i % 11)}});
        ASSERT_TRUE(result);
        taken.push_back(result->pfn);
    }
    EXPECT_EQ(timeline->system().check(), std::nullopt);
    for (std::size_t i = 0; i < taken.size(); ++i)
        ASSERT_TRUE(timeline->execute(FreePages{taken[i], static_cast<Order>(i % 11)}));
    EXPECT_EQ(timeline->system().check(), std::nullopt);
    timeline->seek(booted);
    const auto again = timeline->snapshot();
    EXPECT_EQ(state_hash(again->state, again->pages), hash);
    EXPECT_EQ(timeline->system().check(), std::nullopt);
}

}  // namespace
}  // namespace mm
