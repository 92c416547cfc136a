// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/mtrr.h"

#include <gtest/gtest.h>

namespace mm {
namespace {

MtrrVariable reg(PhysAddr base, PhysAddr mask, MtrrType type) {
    return {true, base, mask, type};
}

TEST(Mtrr, TheMasksLowestBitIsTheSize) {
    EXPECT_EQ(frames_of(reg(0, 0xf80000000, MtrrType::write_back)), (PfnRange{0, 0x80000}));
    EXPECT_EQ(frames_of(reg(0xbf800000, 0xfff800000, MtrrType::uncachable)), (PfnRange{0xbf800, 0xc0000}));
    EXPECT_TRUE(frames_of({}).empty());
}

TEST(Mtrr, AMaskTooShortForTheMachineIsMended) {
    EXPECT_EQ(frames_of(reg(0, 0x80000000, MtrrType::write_back)), (PfnRange{0, 0x80000}));
    EXPECT_EQ(frames_of(reg(0, 0, MtrrType::write_back)), (PfnRange{0, Pfn{1} << 40}));
}

//  0        2G    3G    4G        5G
//  |wb......|wb...|     |wb.......|
//              |UC|
// Expect touching ranges as one, and the uncachable end taken off.
TEST(Mtrr, CoverageMergesAndSubtracts) {
    MtrrState mtrr;
    mtrr.variable = {reg(2 * GiB, 0xfc0000000, MtrrType::write_back), reg(0, 0xf80000000, MtrrType::write_back),
                     reg(4 * GiB, 0xfc0000000, MtrrType::write_back),
                     reg(0xbf800000, 0xfff800000, MtrrType::uncachable)};
    EXPECT_EQ(coverage(mtrr).write_back, (std::vector<PfnRange>{{0, 0xbf800}, {0x100000, 0x140000}}));
    mtrr.tom2 = 6 * GiB;
    EXPECT_EQ(coverage(mtrr).write_back, (std::vector<PfnRange>{{0, 0xbf800}, {0x100000, 0x180000}}));
}

TEST(Mtrr, OnlyWriteBackAndUncachableOverAnUncachableDefaultAreRelied) {
    MtrrState mtrr;
    mtrr.known = true;
    EXPECT_EQ(judge_mtrr(mtrr), MtrrVerdict::virtual_machine);
    mtrr.variable = {reg(0, 0xf80000000, MtrrType::write_back), {}};
    EXPECT_EQ(judge_mtrr(mtrr), MtrrVerdict::trim);
    mtrr.variable.push_back(reg(GiB, 0xfc0000000, MtrrType::write_combining));
    EXPECT_EQ(judge_mtrr(mtrr), MtrrVerdict::leave);
    mtrr.variable.pop_back();
    mtrr.default_type = MtrrType::write_back;
    EXPECT_EQ(judge_mtrr(mtrr), MtrrVerdict::leave);
}

}  // namespace
}  // namespace mm
