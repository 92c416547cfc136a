// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/crashkernel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Bytes ram = 4 * GiB;

TEST(Crashkernel, TheSimpleForm) {
    EXPECT_FALSE(parse_crashkernel("ro quiet", ram).found);
    const Crashkernel plain = parse_crashkernel("ro crashkernel=128M quiet", ram);
    EXPECT_TRUE(plain.valid);
    EXPECT_EQ(plain.size, 128 * MiB);
    EXPECT_EQ(plain.base, 0u);
    const Crashkernel placed = parse_crashkernel("crashkernel=64M@0x2000000", ram);
    EXPECT_EQ(placed.size, 64 * MiB);
    EXPECT_EQ(placed.base, 32 * MiB);
    EXPECT_THAT(placed.messages, IsEmpty());
}

TEST(Crashkernel, TheLastOneCountsAndEachFormIsLookedForByItself) {
    const std::string line =
        "crashkernel=1M crashkernel=256M,high crashkernel=2M crashkernel=64M,low crashkernel=512M,high";
    EXPECT_EQ(parse_crashkernel(line, ram).size, 2 * MiB);
    EXPECT_EQ(parse_crashkernel(line, ram, ",high").size, 512 * MiB);
    EXPECT_EQ(parse_crashkernel(line, ram, ",low").size, 64 * MiB);
    EXPECT_FALSE(parse_crashkernel("crashkernel=256M,high", ram).found);
    EXPECT_FALSE(parse_crashkernel("crashkernel=256M", ram, ",low").found);
}

//   RAM          2G        4G              32G
//   ranges       [ 320M    [ 512M .........[ 1G ...
//                          ^ 4 GiB and what rounds up to it
TEST(Crashkernel, RangesOfRam) {
    const std::string line = "crashkernel=2G-4G:320M,4G-32G:512M,32G-:1G@16M";
    EXPECT_EQ(parse_crashkernel(line, 4 * GiB - 100 * MiB).size, 512 * MiB) << "rounded up to 128 MiB";
    EXPECT_EQ(parse_crashkernel(line, 4 * GiB - 129 * MiB).size, 320 * MiB);
    EXPECT_EQ(parse_crashkernel(line, 32 * GiB - 128 * MiB).size, 512 * MiB);
    EXPECT_EQ(parse_crashkernel(line, 32 * GiB).size, GiB);
    EXPECT_EQ(parse_crashkernel(line, 3 * GiB).base, 16 * MiB) << "the place stands at the end, for all ranges";
    const Crashkernel none = parse_crashkernel(line, GiB + 128 * MiB);
    EXPECT_TRUE(none.valid);
    EXPECT_EQ(none.size, 0u);
    EXPECT_THAT(none.messages, ElementsAre("crashkernel size resulted in zero bytes"));
}

TEST(Crashkernel, WhatTheKernelSaysOfWrongOnes) {
    const std::pair<const char*, const char*> wrong[] = {
        {"crashkernel=auto", "crashkernel: memory value expected"},
        {"crashkernel=128M!", "crashkernel: unrecognized char: !"},
        {"crashkernel=1G:64M", "crashkernel: '-' expected"},
        {"crashkernel=2G-1G:64M", "crashkernel: end <= start"},
        {"crashkernel=2G-x:64M", "crashkernel: Memory value expected"},
        {"crashkernel=:64M", "crashkernel: Memory value expected"},
        {"crashkernel=1G-2G,3G-:64M", "crashkernel: ':' expected"},
        {"crashkernel=1G-:x", "Memory value expected"},
        {"crashkernel=1G-:64G", "crashkernel: invalid size"},
        {"crashkernel=1G-:64M@x", "Memory value expected after '@'"},
    };
    for (const auto& [line, message] : wrong) {
        const Crashkernel crash = parse_crashkernel(line, ram);
        EXPECT_TRUE(crash.found) << line;
        EXPECT_FALSE(crash.valid) << line;
        EXPECT_THAT(crash.messages, ElementsAre(message)) << line;
    }
}

}  // namespace
}  // namespace mm
