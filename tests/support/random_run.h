// SPDX-License-Identifier: GPL-3.0-or-later
// How long a random test plays and from which seed: few commands by default, so that a build's tests stay fast;
// MM_SLAB_COMMANDS=1000000 MM_SLAB_SEED=7 and the like make it as long as wanted (10^6 under asan before a release).
#pragma once

#include <string>

#include "tests/support/from_environment.h"

namespace mm::test {

struct RandomRun {
    std::uint64_t seed = 1, commands = 0;
    std::string seed_text{};  ///< "MM_SLAB_SEED=7": what to set to see a failure again
};

/// room: "SLAB" for MM_SLAB_COMMANDS and MM_SLAB_SEED.
inline RandomRun random_run(const std::string& room, std::uint64_t commands, std::uint64_t seed = 1) {
    const std::string variable = "MM_" + room + "_SEED";
    RandomRun run;
    run.seed = from_environment(variable.c_str(), seed);
    run.commands = from_environment(("MM_" + room + "_COMMANDS").c_str(), commands);
    run.seed_text = variable + "=" + std::to_string(run.seed);
    return run;
}
/// The same with another seed.
inline RandomRun with_seed(RandomRun run, std::uint64_t seed) {
    run.seed = seed;
    run.seed_text = run.seed_text.substr(0, run.seed_text.find('=') + 1) + std::to_string(seed);
    return run;
}

}  // namespace mm::test
