// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mmzone/pageset_sizes.h"

#include <gtest/gtest.h>

#include "tests/support/small_memory.h"

namespace mm {
namespace {

/// node 0, two CPUs: [Normal 0 .. 4095]   node 1, no CPU: [Normal 4096 .. 8191]
/// Expect: the low watermark split among the CPUs that are near, or among all.
TEST(Pagesets, split_the_low_watermark_among_the_cpus_of_the_node) {
    test::SmallMemory m({{0, ZoneType::normal, {0, 4096}}, {1, ZoneType::normal, {4096, 8192}}});
    m.zones.nodes[0].online_cpus = 2;
    for (const Nid nid : {0, 1})
        m.zone(ZoneType::normal, nid).watermark = {80, 100, 120};
    set_pagesets(m.zones, m.profile);
    for (const Nid nid : {0, 1}) {
        EXPECT_EQ(m.zone(ZoneType::normal, nid).pageset_high, 50u);
        EXPECT_EQ(m.zone(ZoneType::normal, nid).pageset_batch, 1u);
    }
}

/// A zone of 1 GiB with next to no watermark. Expect: high is four batches at least.
TEST(Pagesets, hold_at_least_four_batches) {
    test::SmallMemory m({{0, ZoneType::normal, {0, 4096}}});
    m.zones.nodes[0].online_cpus = 1;
    m.zone(ZoneType::normal).managed = 1 << 18;
    m.zone(ZoneType::normal).watermark = {4, 5, 6};
    set_pagesets(m.zones, m.profile);
    EXPECT_EQ(m.zone(ZoneType::normal).pageset_batch, 63u);
    EXPECT_EQ(m.zone(ZoneType::normal).pageset_high, 252u);
}

/// The same under an older kernel. Expect: six batches, whatever the watermarks.
TEST(Pagesets, held_six_batches_before_5_14) {
    test::SmallMemory m({{0, ZoneType::normal, {0, 4096}}});
    m.zone(ZoneType::normal).managed = 1 << 18;
    set_pagesets(m.zones, profile_for(Arch::x86_64, {4, 17, 0}));
    EXPECT_EQ(m.zone(ZoneType::normal).pageset_high, 186u);
    EXPECT_EQ(m.zone(ZoneType::normal).pageset_batch, 31u);
}

TEST(StatThresholds, grow_with_cpus_and_memory_up_to_125) {
    test::SmallMemory m({{0, ZoneType::normal, {0, 4096}}});
    Zone& zone = m.zone(ZoneType::normal);
    m.zones.nodes[0].online_cpus = 1;
    set_stat_thresholds(m.zones);
    EXPECT_EQ(zone.stat_threshold, 2u);
    zone.managed = 1 << 18;  // 1 GiB
    m.zones.nodes[0].online_cpus = 4;
    set_stat_thresholds(m.zones);
    EXPECT_EQ(zone.stat_threshold, 30u);
    zone.managed = NrPages{1} << 32;
    m.zones.nodes[0].online_cpus = 4096;
    set_stat_thresholds(m.zones);
    EXPECT_EQ(zone.stat_threshold, 125u);
}

}  // namespace
}  // namespace mm
