// SPDX-License-Identifier: GPL-3.0-or-later
// numa=fake= on a machine of 2 GiB:  [4K-636K) hole [1M ---------------------------- 2G)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/numa/numa.h"

namespace mm {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

struct Log : EventSink {
    std::vector<std::string> lines;
    void event(const Event&, std::string_view) override {}
    void printk(std::string line) override { lines.push_back(std::move(line)); }
};

class Emulation : public ::testing::Test {
protected:
    Emulation() {
        m_memblock.add(0x1000, 0x9e000);
        m_memblock.add(MiB, 2 * GiB - MiB);
        m_memblock.reserve(0, MiB, "low");
    }
    Numa run(const std::string& option) {
        m_machine.command_line = "numa=fake=" + option;
        Numa numa = x86_numa_init(m_machine, profile_for(Arch::x86_64, {6, 1, 0}),
                                  BootMemblock(m_memblock, Tracer(&m_log)), pfn_down(2 * GiB));
        EXPECT_EQ(m_memblock.check(), Broken{});
        EXPECT_EQ(numa.nodes.size(), numa.distance.size());
        return numa;
    }
    /// node 0 [0-1G)  node 1 [1G-2G), a CPU each
    void two_real_nodes() {
        for (const Nid nid : {0, 1}) {
            const auto pxm = static_cast<unsigned>(nid);
            m_machine.srat_memory.push_back({nid, pxm, {pxm * GiB, (pxm + 1) * GiB}, false, false});
            m_machine.srat_cpus.push_back({pxm, pxm, nid});
        }
        m_machine.possible_cpus = 2;
    }

    Machine m_machine;
    Memblock m_memblock;
    Log m_log;
};

/// [0   )[1   )[2   )[3   )   Expect: what the hole takes off the shares is made up by bigger first nodes.
TEST_F(Emulation, a_number_makes_so_many_nodes_of_equal_size) {
    m_machine.possible_cpus = 3;
    const Numa numa = run("4");
    EXPECT_THAT(numa.memblks, ElementsAre(NumaMemblk{{0, 512 * MiB}, 0}, NumaMemblk{{512 * MiB, GiB}, 1},
                                          NumaMemblk{{GiB, 1536 * MiB}, 2}, NumaMemblk{{1536 * MiB, 2 * GiB}, 3}));
    EXPECT_THAT(m_log.lines, Contains("Faking node 3 at [mem 0x0000000060000000-0x000000007fffffff] (512MB)"));
    EXPECT_THAT(m_log.lines, Contains("NUMA: Initialized distance table, cnt=4"));
    EXPECT_EQ(numa.distance[0][3], 10u) << "all are near: one real node";
    EXPECT_THAT(numa.cpu_to_node, ElementsAre(0, 1, 2)) << "round robin";
    EXPECT_TRUE(numa.cpu_is_of(0, 3)) << "but each CPU is one of every node's";
    EXPECT_EQ(m_memblock.memory().back().nid, 3);
}

/// [0     )[1    )[2              )   Expect: node 0 reaches 32 MiB farther for its holes; what is left is too little.
TEST_F(Emulation, a_size_makes_nodes_with_at_least_so_much_ram) {
    EXPECT_THAT(run("512M").memblks, ElementsAre(NumaMemblk{{0, 544 * MiB}, 0}, NumaMemblk{{544 * MiB, 1056 * MiB}, 1},
                                                 NumaMemblk{{1056 * MiB, 2 * GiB}, 2}));
}

/// [0   )[1   )|[2   )[3   )   Expect: distances and CPUs are those of the real nodes.
TEST_F(Emulation, a_number_with_u_divides_each_real_node) {
    two_real_nodes();
    m_machine.acpi_tables = {{"SLIT", {}}};
    const Numa numa = run("2U");
    EXPECT_THAT(numa.memblks, ElementsAre(NumaMemblk{{0, 512 * MiB}, 0}, NumaMemblk{{512 * MiB, GiB}, 1},
                                          NumaMemblk{{GiB, 1536 * MiB}, 2}, NumaMemblk{{1536 * MiB, 2 * GiB}, 3}));
    EXPECT_THAT(numa.real_node, ElementsAre(0, 0, 1, 1));
    EXPECT_THAT(numa.distance[0], ElementsAre(10, 10, 20, 20));
    EXPECT_THAT(numa.cpu_to_node, ElementsAre(0, 2));
    EXPECT_TRUE(numa.cpu_is_of(1, 3));
    EXPECT_FALSE(numa.cpu_is_of(1, 0));
    EXPECT_THAT(m_log.lines, Contains("NUMA: Initialized distance table, cnt=2"));
    EXPECT_THAT(m_log.lines, Contains("NUMA: Initialized distance table, cnt=4"));
    // Only the last table is left: 16 bytes in a page of their own.
    EXPECT_EQ(numa.distance_table.size(), 16u);
    EXPECT_TRUE(m_memblock.is_reserved(numa.distance_table.start));
}

TEST_F(Emulation, distances_may_be_given) {
    EXPECT_THAT(run("2:10,30,40,10,").distance, ElementsAre(ElementsAre(10, 30), ElementsAre(40, 10)));
}

TEST_F(Emulation, impossible_distances_are_refused_once) {
    EXPECT_THAT(run("2:10,300,-1,11,").distance, ElementsAre(ElementsAre(10, 20), ElementsAre(20, 10)));
    EXPECT_EQ(std::count(m_log.lines.begin(), m_log.lines.end(),
                         "Warning: invalid distance parameter, from=0 to=1 distance=300"),
              1);
}

TEST_F(Emulation, nodes_below_32_mib_are_not_made) {
    EXPECT_EQ(run("100").memblks.size(), 1u);
    EXPECT_THAT(m_log.lines, Contains("Not enough memory for each node.  NUMA emulation disabled."));
    EXPECT_EQ(run("1M").memblks.size(), 63u) << "the last one takes what is less than 32 MiB";
    EXPECT_THAT(m_log.lines, Contains("Fake node size 1MB too small, increasing to 32MB"));
}

TEST_F(Emulation, nonsense_changes_nothing) {
    for (const char* option : {"", "0", "-3", "0U", "0M", "U", "M", ":", "x"}) {
        const Numa numa = run(option);
        EXPECT_EQ(numa.memblks.size(), 1u) << option;
        EXPECT_TRUE(numa.real_node.empty()) << option;
    }
}

TEST_F(Emulation, huge_numbers_end) {
    EXPECT_EQ(run("16E").nodes.size(), 16u) << "no M or G: a number of nodes";
    EXPECT_EQ(run("17179869183G").nodes.size(), 1u);
    EXPECT_EQ(run("18446744073709551615U").nodes.size(), 1u);
    EXPECT_GE(run("4294967295").nodes.size(), 1u);
}

TEST_F(Emulation, works_without_srat_too) {
    two_real_nodes();
    m_machine.command_line = "numa=off numa=fake=2";
    const Numa numa = x86_numa_init(m_machine, profile_for(Arch::x86_64, {6, 1, 0}),
                                    BootMemblock(m_memblock, Tracer(&m_log)), pfn_down(2 * GiB));
    EXPECT_TRUE(numa.dummy);
    EXPECT_EQ(numa.memblks.size(), 2u);
    EXPECT_THAT(m_log.lines, Contains("NUMA turned off"));
}

TEST_F(Emulation, a_slit_that_contradicts_itself_is_not_used) {
    two_real_nodes();
    m_machine.acpi_tables = {{"SLIT", {}}};
    m_machine.slit = {{10, 9}, {20, 10}};
    EXPECT_EQ(run("").distance[0][1], 20u);
    EXPECT_THAT(m_log.lines, Contains("ACPI: SLIT table looks invalid. Not used."));
}

}  // namespace
}  // namespace mm
