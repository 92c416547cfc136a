// SPDX-License-Identifier: GPL-3.0-or-later
// Where arm64's zones for devices of few address bits end.
#include <gtest/gtest.h>

#include "engine/memblock/memblock.h"
#include "engine/mmzone/init.h"

namespace mm {
namespace {

PhysAddr end_of_zone(PhysRange ram, unsigned bits) {
    Memblock memblock;
    memblock.add(ram.start, ram.size());
    return max_zone_phys(memblock, bits);
}

//   RAM         1G [..............) 9G
//   30 bits     )                         none of it: the zone takes all of 32 bits instead
//   32 bits        [......) 4G
TEST(MaxZonePhys, EndsWithWhatDevicesReachOrWithRam) {
    EXPECT_EQ(end_of_zone({0, 8 * GiB}, 30), GiB);
    EXPECT_EQ(end_of_zone({0, 512 * MiB}, 30), 512 * MiB) << "RAM ends first";
    EXPECT_EQ(end_of_zone({GiB, 9 * GiB}, 32), 4 * GiB);
    EXPECT_EQ(end_of_zone({GiB, 2 * GiB}, 32), 2 * GiB);
    EXPECT_EQ(end_of_zone({GiB, 9 * GiB}, 30), 4 * GiB) << "RAM begins beyond the zone";
    EXPECT_EQ(end_of_zone({GiB - 4096, 9 * GiB}, 30), GiB) << "a page of it is enough";
}

//   RAM beyond 4 GiB alone: the zone is all memory
TEST(MaxZonePhys, RamAbove32BitsMakesTheZoneEverything) {
    EXPECT_EQ(end_of_zone({4 * GiB, 16 * GiB}, 32), 16 * GiB);
    EXPECT_EQ(end_of_zone({512 * GiB, 600 * GiB}, 30), 600 * GiB);
    EXPECT_EQ(end_of_zone({4 * GiB - 4096, 16 * GiB}, 32), 4 * GiB);
}

}  // namespace
}  // namespace mm
