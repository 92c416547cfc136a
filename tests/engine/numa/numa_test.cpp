// SPDX-License-Identifier: GPL-3.0-or-later
// Drawn machines: which blocks make a node, what is refused, who gets which distance and CPU.
#include "engine/numa/numa.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mm {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

struct Recorder : EventSink {
    std::vector<std::string> log;
    std::vector<EventKind> kinds;
    void event(const Event& e, std::string_view) override { kinds.push_back(e.kind); }
    void printk(std::string line) override { log.push_back(std::move(line)); }
};

class NumaInit : public ::testing::Test {
protected:
    NumaInit() {
        m_memblock.add(0x1000, 0x9e000);
        m_memblock.add(MiB, 2 * GiB - MiB);
        m_memblock.reserve(0, MiB, "low");
    }
    Numa run(Pfn max_pfn = pfn_down(2 * GiB)) {
        Numa numa = x86_numa_init(m_machine, profile_for(Arch::x86_64, {6, 1, 0}),
                                  BootMemblock(m_memblock, Tracer(&m_recorder)), max_pfn);
        EXPECT_EQ(m_memblock.check(), Broken{});
        return numa;
    }
    void srat(Nid nid, PhysAddr start, PhysAddr end, bool hotplug = false) {
        m_machine.srat_memory.push_back({nid, static_cast<unsigned>(nid), {start, end}, hotplug, false});
    }
    void cpu(unsigned apic, Nid nid) { m_machine.srat_cpus.push_back({static_cast<unsigned>(nid), apic, nid}); }

    Machine m_machine;
    Memblock m_memblock;
    Recorder m_recorder;
};

TEST_F(NumaInit, WithoutSratOneNodeIsMadeUp) {
    m_machine.possible_cpus = 3;
    const Numa numa = run();
    EXPECT_TRUE(numa.dummy);
    EXPECT_THAT(numa.memblks, ElementsAre(NumaMemblk{{0, 2 * GiB}, 0}));
    EXPECT_THAT(numa.cpu_to_node, ElementsAre(0, 0, 0));
    EXPECT_THAT(numa.distance, ElementsAre(ElementsAre(10)));
    EXPECT_THAT(m_recorder.log, ElementsAre("No NUMA configuration found",
                                            "Faking a node at [mem 0x0000000000000000-0x000000007fffffff]",
                                            "NODE_DATA(0) allocated [mem 0x7ffd5000-0x7fffffff]"));
    EXPECT_EQ(m_memblock.memory()[0].nid, 0);
    EXPECT_EQ(m_memblock.reserved()[0].nid, 0);
    EXPECT_THAT(m_recorder.kinds, Contains(EventKind::node_set_online));
}

TEST_F(NumaInit, NumaOffAndNoacpiIgnoreSrat) {
    srat(0, 0, GiB);
    srat(1, GiB, 2 * GiB);
    m_machine.command_line = "quiet numa=off";
    EXPECT_TRUE(run().dummy);
    EXPECT_EQ(m_recorder.log.front(), "NUMA turned off");
    m_recorder.log.clear();
    m_machine.command_line = "numa=noacpi";
    EXPECT_TRUE(run().dummy);
    EXPECT_EQ(m_recorder.log.front(), "No NUMA configuration found");
}

//   SRAT   0:[0..640K) 0:[1M..1G) 1:[1G..3G)       RAM ends at 2G
//   Expect 0:[0........... 1G)  1:[1G..2G)         joined, clipped; each node's data at its own end
TEST_F(NumaInit, BlocksOfANodeAreJoinedAndClipped) {
    cpu(0, 0);
    cpu(1, 1);
    m_machine.possible_cpus = 2;
    srat(0, 0, 640 * KiB);
    srat(0, MiB, GiB);
    srat(1, GiB, 3 * GiB);
    const Numa numa = run();
    EXPECT_THAT(numa.memblks, ElementsAre(NumaMemblk{{0, GiB}, 0}, NumaMemblk{{GiB, 2 * GiB}, 1}));
    EXPECT_THAT(m_recorder.log, ElementsAre("SRAT: PXM 0 -> APIC 0x00 -> Node 0", "SRAT: PXM 1 -> APIC 0x01 -> Node 1",
                                            "ACPI: SRAT: Node 0 PXM 0 [mem 0x00000000-0x0009ffff]",
                                            "ACPI: SRAT: Node 0 PXM 0 [mem 0x00100000-0x3fffffff]",
                                            "ACPI: SRAT: Node 1 PXM 1 [mem 0x40000000-0xbfffffff]",
                                            "NUMA: Node 0 [mem 0x00000000-0x0009ffff] + [mem 0x00100000-0x3fffffff] -> "
                                            "[mem 0x00000000-0x3fffffff]",
                                            "NODE_DATA(0) allocated [mem 0x3ffd5000-0x3fffffff]",
                                            "NODE_DATA(1) allocated [mem 0x7ffd5000-0x7fffffff]"));
    EXPECT_THAT(numa.cpu_to_node, ElementsAre(0, 1));
    EXPECT_THAT(numa.distance, ElementsAre(ElementsAre(10, 20), ElementsAre(20, 10)));
}

//   node 0: [0..512M) and [1G..2G), node 1 between: not joined
TEST_F(NumaInit, BlocksWithAnotherNodeBetweenStayApart) {
    srat(0, 0, 512 * MiB);
    srat(1, 512 * MiB, GiB);
    srat(0, GiB, 2 * GiB);
    EXPECT_THAT(run().memblks, ElementsAre(NumaMemblk{{0, 512 * MiB}, 0}, NumaMemblk{{512 * MiB, GiB}, 1},
                                           NumaMemblk{{GiB, 2 * GiB}, 0}));
}

TEST_F(NumaInit, NodesThatOverlapAreRefused) {
    srat(0, 0, GiB + MiB);
    srat(1, GiB, 2 * GiB);
    EXPECT_TRUE(run().dummy);
    EXPECT_THAT(m_recorder.log, Contains("node 0 [mem 0x00000000-0x400fffff] overlaps with node 1 "
                                         "[mem 0x40000000-0x7fffffff]"));
    EXPECT_THAT(m_recorder.log, Contains("No NUMA configuration found"));
    EXPECT_EQ(m_memblock.memory().back().nid, 0);
}

TEST_F(NumaInit, NodesThatMissMemoryAreRefused) {
    srat(0, 0, GiB);
    EXPECT_TRUE(run().dummy);
    EXPECT_THAT(m_recorder.log, Contains("NUMA: nodes only cover 1023MB of your 2047MB e820 RAM. Not used."));
}

//   node 0 has a CPU and no memory: no NODE_DATA of its own, but online
TEST_F(NumaInit, ANodeOfCpusOnlyIsOnlineWithoutData) {
    cpu(0, 0);
    cpu(1, 1);
    m_machine.possible_cpus = 4;
    srat(1, 0, 2 * GiB);
    const Numa numa = run();
    ASSERT_EQ(numa.nodes.size(), 2U);
    EXPECT_EQ(numa.nodes[0], (NodeData{0, {}}));
    EXPECT_EQ(numa.nodes[1].node_data, (PhysRange{0x7ffd5000, 2 * GiB}));
    EXPECT_THAT(numa.cpu_to_node, ElementsAre(0, 1, 1, 1)) << "CPUs SRAT does not name go to nodes with memory";
}

TEST_F(NumaInit, SlitGivesDistancesAndTakesAPage) {
    srat(0, 0, GiB);
    srat(1, GiB, 2 * GiB);
    m_machine.acpi_tables = {{"SRAT", {}}, {"SLIT", {}}};
    m_machine.slit = {{10, 17}, {18, 10}};
    const Numa numa = run();
    EXPECT_THAT(numa.distance, ElementsAre(ElementsAre(10, 17), ElementsAre(18, 10)));
    EXPECT_EQ(numa.distance_table, (PhysRange{2 * GiB - page_size, 2 * GiB - page_size + 4}));
    EXPECT_THAT(m_recorder.log, Contains("NUMA: Initialized distance table, cnt=2"));
    EXPECT_EQ(numa.nodes[1].node_data.end, 2 * GiB - page_size);
}

//   movable_node: node 1 may be unplugged and holds nothing of the kernel's, node 0 holds [0..1M)
TEST_F(NumaInit, HotpluggableNodesWithoutKernelMemoryStaySo) {
    srat(0, 0, GiB, true);
    srat(1, GiB, 2 * GiB, true);
    m_memblock.set_movable_node(true);
    m_memblock.set_bottom_up(true);
    const Numa numa = run();
    EXPECT_EQ(m_memblock.memory()[1].flags, memblock_none);
    EXPECT_EQ(m_memblock.memory()[2].flags, memblock_hotplug);
    EXPECT_FALSE(m_memblock.bottom_up()) << "numa_init() resets the direction";
    EXPECT_THAT(m_recorder.log, Contains("    NODE_DATA(1) on node 0"));
    EXPECT_EQ(numa.nodes.size(), 2U);
}

TEST_F(NumaInit, BackwardBlocksAreReportedAndDropped) {
    srat(0, 0, 2 * GiB);
    srat(0, 4 * GiB, 4 * GiB - 2);
    EXPECT_FALSE(run().dummy);
    EXPECT_THAT(m_recorder.log, Contains("Warning: invalid memblk node 0 [mem 0x100000000-0xfffffffd]"));
}

}  // namespace
}  // namespace mm
