// SPDX-License-Identifier: GPL-3.0-or-later
// A node that has nothing but a CPU: possible and memoryless while zones are made, online before zonelists are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/snapshot/proc_format.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

using ::testing::HasSubstr;

//      node 0  CPU 0
//      node 1  CPU 1, [0 ------------ 1G)
TEST(NodeOfCpusAlone, is_memoryless_first_and_online_later) {
    auto machine = std::make_shared<Machine>(*test::machine_of({{0, 0x9f000}, {MiB, GiB - MiB}}));
    machine->possible_cpus = 2;
    machine->srat_cpus = {{0, 0, 0}, {1, 1, 1}};
    machine->srat_memory = {{1, 1, {0, GiB}, false, false}};
    const auto timeline = test::boot(machine);
    const SnapshotPtr s = timeline->snapshot();
    const std::string log = print_dmesg(*s);
    EXPECT_THAT(log, HasSubstr("Initializing node 0 as memoryless"));
    EXPECT_THAT(log, HasSubstr("Initmem setup node 0 as memoryless"));
    EXPECT_THAT(log, HasSubstr("Built 2 zonelists"));
    EXPECT_TRUE(s->state.zones.nodes.at(0).online);
    EXPECT_EQ(s->state.zones.nodes.at(0).online_cpus, 1u);
    EXPECT_THAT(print_zoneinfo(*s), HasSubstr("Node 0, zone"));
    // Its pg_data_t is memblock's all the same.
    const auto& claims = s->state.memblock.claims();
    EXPECT_TRUE(std::any_of(claims.begin(), claims.end(), [](const auto& c) { return c.owner == "NODE_DATA(0)"; }));
}

//      node 0  CPU 0, [0 ------------ 1G)        node 1  named by SRAT for memory that is not there
TEST(NodeOfNothing, stays_offline) {
    auto machine = std::make_shared<Machine>(*test::machine_of({{0, 0x9f000}, {MiB, GiB - MiB}}));
    machine->srat_cpus = {{0, 0, 0}};
    machine->srat_memory = {{0, 0, {0, GiB}, false, false}, {1, 1, {4 * GiB, 8 * GiB}, true, false}};
    const SnapshotPtr s = test::boot(machine)->snapshot();
    ASSERT_EQ(s->state.zones.nodes.size(), 2u);
    EXPECT_FALSE(s->state.zones.nodes[1].online);
    EXPECT_THAT(print_dmesg(*s), HasSubstr("Built 1 zonelists"));
    EXPECT_EQ(print_zoneinfo(*s).find("Node 1"), std::string::npos);
}

}  // namespace
}  // namespace mm
