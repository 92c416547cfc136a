// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/page_mapping.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "engine/types/rng.h"
#include "tests/support/random_run.h"

namespace mm {
namespace {

constexpr Pfn unit = 512;

std::size_t held(const PageMappings& mappings) {
    std::size_t n = 0;
    mappings.each([&](Pfn, const PageMapping&) { ++n; });
    return n;
}

/// unit     0            1             2
///          [ 256 ..     | run ....... | .. 1281 ]     index 1000 and on, over the seams
TEST(PageMappings, ARunCountsOn) {
    PageMappings mappings;
    mappings.set_run({256, 1282}, {MappingKind::anon, 7, no_id, 1000});
    EXPECT_EQ(PageMapping{}, mappings[255]);
    for (Pfn p = 256; p < 1282; ++p)
        ASSERT_EQ((PageMapping{MappingKind::anon, 7, no_id, 1000 + p - 256}), mappings[p]) << p;
    EXPECT_EQ(PageMapping{}, mappings[1282]);
}

/// Singles are visited first: a run that was kept as singles would be among them.
TEST(PageMappings, ARunTakesTheRoomOfOne) {
    PageMappings mappings;
    mappings.set_run({0, 2 * unit}, {MappingKind::anon, 7, no_id, 0});
    mappings.set(9 * unit, {MappingKind::table});
    std::vector<Pfn> visited;
    mappings.each([&](Pfn p, const PageMapping&) { visited.push_back(p); });
    ASSERT_EQ(3 * unit, visited.size());
    EXPECT_EQ(9 * unit, visited[0]);
    EXPECT_EQ(0u, visited[unit]);
}

TEST(PageMappings, AnotherOwnerOfOneFrameLeavesTheOthersTheirs) {
    PageMappings mappings;
    mappings.set_run({512, 1024}, {MappingKind::hugetlb, no_id, no_id, 0});
    const PageMappings copy = mappings;
    mappings.set(700, {MappingKind::poisoned});
    for (Pfn p = 512; p < 1024; ++p) {
        const PageMapping whole{MappingKind::hugetlb, no_id, no_id, p - 512};
        ASSERT_EQ(p == 700 ? PageMapping{MappingKind::poisoned} : whole, mappings[p]) << p;
        ASSERT_EQ(whole, copy[p]) << p;
    }
}

TEST(PageMappings, NobodysFramesTakeNoRoom) {
    PageMappings mappings;
    mappings.set_run({0, 4 * unit}, {MappingKind::anon, 7, no_id, 0});
    mappings.set(3, {});
    EXPECT_EQ(4 * unit, held(mappings));
    mappings.reset({0, 4 * unit});
    EXPECT_EQ(0u, held(mappings));
}

constexpr Pfn frames = 6 * unit;
using Model = std::map<Pfn, PageMapping>;

void step(PageMappings& mappings, Model& model, Rng& rng) {
    const Pfn p = rng.below(frames), whole = p / unit * unit;
    const PfnRange range =
        rng.below(2) == 0 ? PfnRange{whole, whole + unit} : PfnRange{p, std::min(frames, p + 1 + rng.below(2 * unit))};
    const auto id = static_cast<std::uint32_t>(rng.below(3));
    PageMapping mapping{MappingKind::anon, id, no_id, rng.below(5)};
    const std::uint64_t what = rng.below(7);
    if (what == 0) mappings.set_run(range, mapping);
    if (what == 1) mappings.reset(range);
    if (what == 2) mappings.set_id(range, id);
    for (Pfn q = range.start; q < range.end && what < 3; ++q, ++mapping.index) {
        if (what == 0) model[q] = mapping;
        if (what == 1) model[q] = {};
        if (what == 2) model[q].id = id;
    }
    if (what == 3) mappings.set_swap(p, id), model[p].swap = id;
    if (what > 3) mappings.set(p, mapping), model[p] = mapping;
}

TEST(PageMappings, AreWhatAMapOfTheSameFramesIs) {
    const test::RandomRun run = test::random_run("MAPPINGS", 3000);
    SCOPED_TRACE(run.seed_text);
    Rng rng(run.seed);
    PageMappings mappings, copy;
    Model model, copied;
    for (std::uint64_t i = 0; i < run.commands; ++i) {
        step(mappings, model, rng);
        if (rng.below(100) == 0) copy = mappings, copied = model;
        if (i % 50 != 0) continue;
        for (Pfn p = 0; p < frames; ++p) {
            ASSERT_EQ(model[p], mappings[p]) << p << " after command " << i;
            ASSERT_EQ(copied[p], copy[p]) << p << " after command " << i;
        }
    }
    Model seen;
    mappings.each([&](Pfn p, const PageMapping& mapping) { seen[p] = mapping; });
    for (Pfn p = 0; p < frames; ++p)
        ASSERT_EQ(model[p], seen[p]) << p;
}

}  // namespace
}  // namespace mm
