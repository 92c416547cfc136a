// SPDX-License-Identifier: GPL-3.0-or-later
// SLUB under random commands.
#include "tests/engine/slub/slab_player.h"

namespace mm {
namespace {

TEST(SlabRandom, EverythingAddsUpAfterEachCommand) {
    const KernelProfile& now = profile_for(Arch::x86_64, {6, 1, 0});
    const test::RandomRun run = test::random_run("SLAB", 5000);
    for (std::uint64_t i = 0; i < 4; ++i)
        test::play(test::with_seed(run, run.seed + i), 0, now);
}

TEST(SlabRandom, EverythingAddsUpWithDebugging) {
    test::play(test::random_run("SLAB", 5000, 11), slab::debug_default, profile_for(Arch::x86_64, {6, 1, 0}));
}

}  // namespace
}  // namespace mm
