// SPDX-License-Identifier: GPL-3.0-or-later
// The caches of the boot against /proc/slabinfo of real machines.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "engine/snapshot/proc_format.h"
#include "tests/support/commands.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

using test::must;

struct Row {
    std::string name, geometry;  ///< objsize, objperslab, pagesperslab
};

std::vector<Row> rows_of(std::istream& in) {
    std::vector<Row> rows;
    for (std::string line; std::getline(in, line);) {
        std::istringstream words(line);
        std::string name, active, total, size, objects, pages;
        if (line.starts_with('#') || line.starts_with("slabinfo -")) continue;
        if (words >> name >> active >> total >> size >> objects >> pages)
            rows.push_back({name, size + " " + objects + " " + pages});
    }
    return rows;
}

class BootCaches : public testing::TestWithParam<const char*> {};

//  Expect: each cache is one the real machine lists, in its order, with its geometry; task_struct and mm_struct are
//  there and fs_cache has been merged.
TEST_P(BootCaches, AreThoseOfTheRealMachine) {
    const std::string folder = std::string(MMSCOPE_TEST_DATA) + "/slabinfo/" + GetParam();
    auto machine = read_machine(folder);
    ASSERT_TRUE(machine) << machine.error().text();
    auto timeline = test::boot(std::make_shared<const Machine>(std::move(*machine)));
    must(*timeline, "alloc_task");
    std::istringstream ours(print_slabinfo(*timeline->snapshot()));
    std::ifstream theirs(folder + "/proc_slabinfo.txt");
    const std::vector<Row> mine = rows_of(ours), real = rows_of(theirs);
    std::map<std::string, std::size_t> place;
    for (std::size_t i = 0; i < real.size(); ++i)
        place[real[i].name] = i;
    std::size_t last = 0;
    for (const Row& row : mine) {
        ASSERT_TRUE(place.contains(row.name)) << row.name << " is no cache of the real machine's";
        EXPECT_EQ(real[place[row.name]].geometry, row.geometry) << row.name;
        EXPECT_GE(place[row.name], last) << row.name << " stands elsewhere";
        last = place[row.name];
    }
    EXPECT_GE(mine.size(), 70u);
    const SlabState& slabs = timeline->system().state().slab;
    EXPECT_EQ(slabs.cache(slabs.find("task_struct")).live, 1u);
    ASSERT_NE(slabs.find("fs_cache"), no_cache);
    EXPECT_EQ(slabs.cache(slabs.find("fs_cache")).name, "anon_vma_chain") << "as large, and accounted for, too";
    EXPECT_EQ(timeline->system().check(), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Captures, BootCaches, testing::Values("smp4-512m", "maxcpus8-1g", "arm64-2g-gic3-smp2"));

}  // namespace
}  // namespace mm
