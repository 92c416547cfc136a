// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/replay/replay_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/replay/replay.h"

namespace mm {
namespace {

/// What the engine says it did, beside what the kernel said.
struct Told {
    std::vector<Pfn> locked, real_locked;
    std::vector<Pfn> drained, real_drained;
    std::size_t retyped = 0, claimed = 0, real_set = 0;
};

Told told(const std::string& folder) {
    Told t;
    auto replay = Replay::open(folder, {true});
    ReplayNotes notes;
    replay->tell(&notes);
    while (replay->position() < replay->events().size()) {
        const TraceEvent& e = replay->events()[replay->position()];
        replay->step();
        if (notes.locked) t.locked.push_back(notes.locked->pfn), t.claimed += notes.locked->buddy.nr_claims;
        for (const ReplayNotes::Freed& f : notes.freed)
            if (f.drained) t.drained.push_back(f.pfn);
        t.retyped += notes.retyped.size();
        if (e.kind == TraceKind::mm_page_alloc_zone_locked) t.real_locked.push_back(e.pfn);
        if (e.kind == TraceKind::mm_page_pcpu_drain) t.real_drained.push_back(e.pfn);
        t.real_set += e.kind == TraceKind::setmt;
    }
    return t;
}

//      mm_page_alloc_zone_locked pfn=17024      notes.locked   17024      (not read: the answer is hidden from it)
//      mm_page_pcpu_drain pfn=43657             notes.freed    43657
//  Expect: the same frames in the same order, and as many changes of pageblocks as the kernel made.
TEST(ReplayNotes, BlocksThatCrossTheFreeListsAreTheKernels) {
    for (const char* name : {"pressure-128m", "highorder-384m"}) {
        const Told t = told(std::string(MMSCOPE_TEST_DATA "/recordings/") + name);
        EXPECT_GT(t.locked.size(), 1000u) << name;
        EXPECT_TRUE(t.locked == t.real_locked) << name;
        EXPECT_GT(t.drained.size(), 1000u) << name;
        EXPECT_TRUE(t.drained == t.real_drained) << name;
        EXPECT_GT(t.retyped + t.claimed, 5u) << name;
        EXPECT_LE(t.retyped + t.claimed, t.real_set) << name << ": the kernel also sets the type that is there";
    }
}

}  // namespace
}  // namespace mm
