// SPDX-License-Identifier: GPL-3.0-or-later
// SLAB under the same random commands as SLUB, and with its arrays reaped and tuned in between.
#include "tests/engine/slub/slab_player.h"

namespace mm {
namespace {

const KernelProfile& with_slab() {
    return profile_for(Arch::x86_64, {4, 17, 0});
}

TEST(ArrayRandom, EverythingAddsUpAfterEachCommand) {
    const test::RandomRun run = test::random_run("SLAB", 5000);
    for (std::uint64_t i = 0; i < 4; ++i)
        test::play(test::with_seed(run, run.seed + i), 0, with_slab());
}

TEST(ArrayRandom, DebugOptionsOfSlubChangeNothing) {
    test::play(test::random_run("SLAB", 2000, 11), slab::debug_default, with_slab());
}

}  // namespace
}  // namespace mm
