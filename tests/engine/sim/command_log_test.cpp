// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/command_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "engine/types/rng.h"
#include "tests/support/random_run.h"

namespace mm {
namespace {

struct Kept {
    Command command;
    Position first = 0, last = 0;
    Nid il_prev = no_node;
};

Command some_command(Rng& rng) {
    const PhysAddr at = rng.below(GiB);
    switch (rng.below(6)) {
        case 0:
            return Kfree{at, 1};
        case 1:
            return FreePages{at / page_size, 3, 0};
        case 2:
            return Touch{.pid = 7, .address = at};
        case 3:
            return Execve{.pid = 2, .path = std::string(rng.below(40), 'p'), .size = {}};
        case 4:
            return KmemCacheAlloc{"dentry", {}};
        default:
            return Kmalloc{at, {}};
    }
}

void expect_same(const std::vector<Kept>& model, const CommandLog& log) {
    ASSERT_EQ(model.size(), log.size());
    for (std::size_t i = 0; i < model.size(); ++i) {
        ASSERT_EQ(model[i].command, log[i]) << i;
        ASSERT_EQ(model[i].first, log.first(i)) << i;
        ASSERT_EQ(model[i].last, log.last(i)) << i;
        ASSERT_EQ(model[i].il_prev, log.il_prev(i)) << i;
    }
    const Position end = model.empty() ? 0 : model.back().last;
    for (Position p = 0; p <= end + 1; p += 1 + end / 50) {
        const auto ended = [&](Position to) {
            return std::count_if(model.begin(), model.end(), [&](const Kept& k) { return k.last < to; });
        };
        ASSERT_EQ(ended(p + 1), log.ended_at(p)) << p;
        ASSERT_EQ(ended(p), log.ended_before(p)) << p;
    }
}

/// Appended and cut in any order, what is left is what a vector of the same has; a command may take no time.
TEST(CommandLog, IsWhatAVectorOfTheSameCommandsIs) {
    const test::RandomRun run = test::random_run("COMMANDLOG", 400);
    SCOPED_TRACE(run.seed_text);
    Rng rng(run.seed);
    CommandLog log;
    std::vector<Kept> model;
    Position at = 0;
    for (std::uint64_t i = 0; i < run.commands; ++i) {
        for (std::uint64_t n = rng.below(8); n > 0; --n) {
            const Position first = at;
            at += rng.below(4);
            model.push_back({some_command(rng), first, at, static_cast<Nid>(rng.below(3)) - 1});
            log.append(model.back().command, at, model.back().il_prev);
        }
        if (rng.below(10) == 0) {
            const std::size_t left = rng.below(model.size() + 1);
            model.erase(model.begin() + static_cast<std::ptrdiff_t>(left), model.end());
            log.cut(left);
            at = left == 0 ? 0 : model.back().last;
        }
        if (i % 20 == 0) expect_same(model, log);
    }
    expect_same(model, log);
}

/// A run is mostly of small commands: that there are larger ones costs nothing.
TEST(CommandLog, TakesWhatItsCommandsTake) {
    CommandLog log;
    for (Position i = 0; i < 1000; ++i)
        log.append(Kfree{i, 0}, i, no_node);
    EXPECT_EQ(1000 * (24 + sizeof(Kfree)), log.bytes());
    log.append(Execve{}, 1000, no_node);
    EXPECT_EQ(1001 * 24 + 1000 * sizeof(Kfree) + sizeof(Execve), log.bytes());
    log.cut(10);
    EXPECT_EQ(10 * (24 + sizeof(Kfree)), log.bytes());
    log.cut(0);
    EXPECT_EQ(0u, log.bytes());
}

}  // namespace
}  // namespace mm
