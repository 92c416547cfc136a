// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/types/page_column.h"

#include <gtest/gtest.h>

#include <map>

#include "engine/types/rng.h"
#include "tests/support/random_run.h"

namespace mm {
namespace {

using Column = PageColumn<std::uint32_t>;
constexpr Pfn piece = Column::piece_size;

/// How many frames lie in pieces that there are.
std::size_t held(const Column& column) {
    std::size_t n = 0;
    column.each([&](Pfn, std::uint32_t) { ++n; });
    return n;
}

/// frame    0 | 700 | 5000      pieces 0 and 2 to 8 were never touched
TEST(PageColumn, HoldsPiecesOnlyWhereSomethingWasSet) {
    Column column;
    EXPECT_EQ(0u, column[5000]);
    column.set(5000, 0);
    EXPECT_EQ(0u, held(column)) << "that was there already";
    column.set(700, 7);
    EXPECT_EQ(piece, held(column));
    EXPECT_EQ(7u, column[700]);
    EXPECT_EQ(0u, column[701]);
}

TEST(PageColumn, SettingWhatIsThereLeavesThePieceShared) {
    Column column;
    column.set(3, 7);
    Column copy = column;
    copy.set(3, 7);
    EXPECT_EQ(&column[3], &copy[3]);
    copy.set(3, 8);
    EXPECT_NE(&column[3], &copy[3]);
    EXPECT_EQ(7u, column[3]);
}

/// piece    0         1         2         3
///              [ reset .............. ]           1 and 2 go, of 0 and 3 a part
TEST(PageColumn, ResetGivesWholePiecesBackAndLeavesCopiesAlone) {
    Column column;
    for (Pfn p = 0; p < 4 * piece; ++p)
        column.set(p, 1);
    const Column copy = column;
    column.reset({piece / 2, 3 * piece + 1});
    EXPECT_EQ(2 * piece, held(column));
    EXPECT_EQ(4 * piece, held(copy));
    for (Pfn p = 0; p < 4 * piece; ++p) {
        EXPECT_EQ(p < piece / 2 || p > 3 * piece, column[p] == 1) << p;
        EXPECT_EQ(1u, copy[p]);
    }
    column.reset({100 * piece, 200 * piece});
    EXPECT_EQ(2 * piece, held(column)) << "nothing is there";
}

TEST(PageColumn, IsWhatAMapOfTheSameFramesIs) {
    const test::RandomRun run = test::random_run("COLUMN", 20000);
    SCOPED_TRACE(run.seed_text);
    Rng rng(run.seed);
    constexpr Pfn frames = 5 * piece;
    Column column, copy;
    std::map<Pfn, std::uint32_t> model, copied;
    for (std::uint64_t i = 0; i < run.commands; ++i) {
        const Pfn p = rng.below(frames);
        if (rng.below(100) == 0) {
            const PfnRange gone{p, std::min(frames, p + rng.below(2 * piece))};
            column.reset(gone);
            model.erase(model.lower_bound(gone.start), model.lower_bound(gone.end));
        } else if (rng.below(1000) == 0) {
            copy = column;
            copied = model;
        } else {
            const auto value = static_cast<std::uint32_t>(rng.below(3));
            column.set(p, value);
            model[p] = value;
        }
    }
    for (Pfn p = 0; p < frames; ++p) {
        ASSERT_EQ(model.contains(p) ? model[p] : 0, column[p]) << p;
        ASSERT_EQ(copied.contains(p) ? copied[p] : 0, copy[p]) << p;
    }
}

}  // namespace
}  // namespace mm
