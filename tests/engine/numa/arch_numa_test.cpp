// SPDX-License-Identifier: GPL-3.0-or-later
// arm64's nodes, of drawn device trees and SRATs.
#include "engine/numa/arch_numa.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mm {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

struct Recorder : EventSink {
    std::vector<std::string> log;
    void event(const Event&, std::string_view) override {}
    void printk(std::string line) override { log.push_back(std::move(line)); }
};

class ArchNumaInit : public ::testing::Test {
protected:
    void ram(Nid nid, PhysAddr start, PhysAddr end) {
        m_machine.device_tree_memory.push_back({nid, {start, end}});
        m_memblock.add(start, end - start);
    }
    void srat(Nid nid, PhysAddr start, PhysAddr end) {
        m_machine.srat_memory.push_back({nid, static_cast<unsigned>(nid), {start, end}, false, false});
    }
    Numa run() {
        m_machine.arch = Arch::arm64;
        Numa numa = arch_numa_init(m_machine, profile_for(Arch::arm64, {6, 1, 0}),
                                   BootMemblock(m_memblock, Tracer(&m_recorder)));
        EXPECT_EQ(m_memblock.check(), Broken{});
        return numa;
    }
    std::vector<Nid> nodes_of_memory() const {
        std::vector<Nid> nids;
        for (const MemblockRegion& r : m_memblock.memory())
            nids.push_back(r.nid);
        return nids;
    }

    Machine m_machine;
    Memblock m_memblock;
    Recorder m_recorder;
};

//   1G [............) 2G, no numa-node-id: one node, made up; the table of distances (16 x 16 bytes) is given back
TEST_F(ArchNumaInit, WithoutIdsOneNodeIsMadeUp) {
    ram(0, GiB, 2 * GiB);
    m_machine.possible_cpus = 2;
    const Numa numa = run();
    EXPECT_TRUE(numa.dummy);
    EXPECT_THAT(numa.cpu_to_node, ElementsAre(0, 0));
    EXPECT_THAT(m_recorder.log, ElementsAre("NUMA: No NUMA configuration found",
                                            "NUMA: Faking a node at [mem 0x0000000040000000-0x000000007fffffff]",
                                            "NUMA: NODE_DATA [mem 0x7fffc380-0x7fffefff]"));
    EXPECT_THAT(nodes_of_memory(), ElementsAre(0));
    EXPECT_TRUE(m_memblock.is_region_reserved(numa.nodes.at(0).node_data));
    EXPECT_EQ(numa.distance_table, (PhysRange{2 * GiB - page_size, 2 * GiB - page_size + 256}));
}

//   1G [node 0) 2G [node 1) 3G: each NODE_DATA at the top of its node
TEST_F(ArchNumaInit, IdsOfTheDeviceTreeMakeNodes) {
    ram(0, GiB, 2 * GiB);
    ram(1, 2 * GiB, 3 * GiB);
    m_machine.possible_cpus = 4;
    m_machine.slit = {{10, 20}, {20, 10}};
    const Numa numa = run();
    EXPECT_FALSE(numa.dummy);
    ASSERT_EQ(numa.nodes.size(), 2u);
    EXPECT_TRUE((PhysRange{GiB, 2 * GiB}).contains(numa.nodes[0].node_data));
    EXPECT_TRUE((PhysRange{2 * GiB, 3 * GiB}).contains(numa.nodes[1].node_data));
    EXPECT_THAT(nodes_of_memory(), ElementsAre(0, 1));
    EXPECT_THAT(numa.cpu_to_node, ElementsAre(0, 0, 1, 1));
    EXPECT_THAT(numa.distance, ElementsAre(ElementsAre(10, 20), ElementsAre(20, 10)));
}

TEST_F(ArchNumaInit, NumaOffIgnoresThem) {
    ram(0, GiB, 2 * GiB);
    ram(1, 2 * GiB, 3 * GiB);
    m_machine.command_line = "numa=off";
    const Numa numa = run();
    EXPECT_TRUE(numa.dummy);
    EXPECT_THAT(m_recorder.log, Contains("NUMA: NUMA disabled"));
    EXPECT_EQ(numa.nodes.size(), 1u);
    EXPECT_THAT(nodes_of_memory(), ElementsAre(0));
}

//   1G [RAM ............) 3G, SRAT names [1G, 2G) only: a region without a node spoils it all
TEST_F(ArchNumaInit, ASratThatLeavesMemoryOutIsNotUsed) {
    m_memblock.add(GiB, 2 * GiB);
    m_machine.efi = true;
    srat(0, GiB, 2 * GiB);
    const Numa numa = run();
    EXPECT_TRUE(numa.dummy);
    EXPECT_THAT(m_recorder.log,
                Contains("NUMA: Warning: invalid memblk node 16 [mem 0x0000000080000000-0x00000000bfffffff]"));
    EXPECT_THAT(m_recorder.log, Contains("NUMA: Faking a node at [mem 0x0000000040000000-0x00000000bfffffff]"));
}

//   1G [node 0) 2G, node 1 has no RAM: its data lies on node 0
TEST_F(ArchNumaInit, AMemorylessNodesDataLiesElsewhere) {
    m_memblock.add(GiB, GiB);
    m_machine.efi = true;
    srat(0, GiB, 2 * GiB);
    srat(1, 8 * GiB, 9 * GiB);
    const Numa numa = run();
    ASSERT_EQ(numa.nodes.size(), 2u);
    EXPECT_THAT(m_recorder.log, Contains("NUMA: Initmem setup node 1 [<memory-less node>]"));
    EXPECT_THAT(m_recorder.log, Contains("NUMA: NODE_DATA(1) on node 0"));
}

//   NODES_SHIFT 4: node 15 is the last
TEST_F(ArchNumaInit, ANodeBeyondTheLastIsRefused) {
    m_memblock.add(GiB, GiB);
    m_machine.efi = true;
    srat(0, GiB, GiB + 512 * MiB);
    srat(16, GiB + 512 * MiB, 2 * GiB);
    EXPECT_TRUE(run().dummy);
    EXPECT_THAT(m_recorder.log, Contains("ACPI: SRAT: Too many proximity domains."));
    EXPECT_THAT(m_recorder.log, Contains("NUMA: Failed to initialise from firmware"));
}

TEST_F(ArchNumaInit, ADeviceTreesNodeBeyondTheLastIsRefused) {
    ram(0, GiB, 2 * GiB);
    ram(16, 2 * GiB, 3 * GiB);
    EXPECT_TRUE(run().dummy);
    EXPECT_THAT(m_recorder.log, Contains("OF: NUMA: Node id 16 exceeds maximum value"));
    EXPECT_THAT(nodes_of_memory(), ElementsAre(0));
}

TEST_F(ArchNumaInit, AnEfiMachineWithoutSratSaysSo) {
    m_memblock.add(GiB, GiB);
    m_machine.efi = true;
    EXPECT_TRUE(run().dummy);
    EXPECT_EQ(m_recorder.log.at(0), "NUMA: Failed to initialise from firmware");
}

}  // namespace
}  // namespace mm
