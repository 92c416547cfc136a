// SPDX-License-Identifier: GPL-3.0-or-later
// The /proc files we print have the shape of a real kernel's: same lines, same labels, same columns; numbers differ.
#include "engine/snapshot/proc_format.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "tests/support/machines.h"

namespace mm {
namespace {

/// Every run of blanks before a number and the number become one '#' of the same width, so that columns are compared.
std::string shape(const std::string& text) {
    static const std::regex number(" *[0-9]+");
    std::string out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        std::string shaped;
        auto at = line.cbegin();
        for (std::sregex_iterator i(line.begin(), line.end(), number), end; i != end; ++i) {
            shaped.append(at, line.cbegin() + i->position());
            shaped.append(static_cast<std::size_t>(i->length()), '#');
            at = line.cbegin() + i->position() + i->length();
        }
        shaped.append(at, line.cend());
        out += shaped + "\n";
    }
    return out;
}

/// As shape(), but numbers of any width are equal: where the kernel does not pad.
std::string loose_shape(const std::string& text) {
    return std::regex_replace(shape(text), std::regex("#+"), "#");
}

std::string real(const std::string& machine, const std::string& file) {
    std::ifstream in(test::machine_folder(machine) + "/" + file);
    EXPECT_TRUE(in) << file;
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

TEST(ProcFormat, zoneinfo_buddyinfo_pagetypeinfo_have_the_kernels_lines) {
    for (const char* machine : {"pc-512m", "numa-2n-2g"}) {
        const SnapshotPtr s = test::boot(machine)->snapshot();
        EXPECT_EQ(loose_shape(print_zoneinfo(*s)), loose_shape(real(machine, "proc_zoneinfo.txt")));
        EXPECT_EQ(shape(print_buddyinfo(*s)), shape(real(machine, "proc_buddyinfo.txt")));
        EXPECT_EQ(shape(print_pagetypeinfo(*s)), shape(real(machine, "proc_pagetypeinfo.txt")));
    }
}

/// The first word of each line.
std::string names(const std::string& text) {
    return std::regex_replace(text, std::regex(" [0-9]+\n"), "\n");
}

TEST(ProcFormat, vmstat_has_the_kernels_counters_in_its_order_on_each_architecture) {
    for (const char* machine : {"pc-512m", "numa-2n-2g", "i386-pae-2g", "arm64-1g-cma128"}) {
        const SnapshotPtr s = test::boot(machine)->snapshot();
        EXPECT_EQ(names(print_vmstat(*s)), names(real(machine, "proc_vmstat.txt"))) << machine;
    }
}

TEST(ProcFormat, fragmentation_indices_have_the_kernels_columns) {
    const SnapshotPtr s = test::boot("numa-2n-2g")->snapshot();
    EXPECT_EQ(shape(print_extfrag_index(*s)), shape(real("numa-2n-2g", "extfrag_index.txt")));
    EXPECT_EQ(shape(print_unusable_index(*s)), shape(real("numa-2n-2g", "unusable_index.txt")));
}

//      a page asked of CPU 0: its list gets a batch, and zoneinfo and vmstat tell what was allocated and what waits
TEST(ProcFormat, zoneinfo_tells_what_waits_on_per_cpu_lists) {
    const auto timeline = test::boot("pc-512m");
    const auto dma32 = [&]() -> const Zone& { return timeline->system().state().zones.nodes[0].zones[1]; };
    const NrPages before = dma32().free_pages;
    ASSERT_TRUE(timeline->execute(AllocPages{{gfp::GFP_KERNEL, 0, 0, 0}}));
    const NrPages batch = dma32().pageset_batch;
    EXPECT_EQ(dma32().free_pages, before - batch);
    const SnapshotPtr s = timeline->snapshot();
    const std::string pageset = "cpu: 0\n              count: " + std::to_string(batch - 1) +
                                "\n              high:  " + std::to_string(dma32().pageset_high) +
                                "\n              batch: " + std::to_string(batch) + "\n";
    EXPECT_NE(print_zoneinfo(*s).find(pageset), std::string::npos);
    EXPECT_NE(print_vmstat(*s).find("\npgalloc_dma32 "), std::string::npos);
    ASSERT_TRUE(timeline->execute(DrainPages{}));
    EXPECT_EQ(dma32().free_pages, before - 1);
    EXPECT_FALSE(timeline->system().check());
}

TEST(ProcFormat, meminfo_has_the_kernels_lines) {
    const SnapshotPtr s = test::boot("pc-512m")->snapshot();
    EXPECT_EQ(shape(print_meminfo(*s)), shape(real("pc-512m", "proc_meminfo.txt")));
}

TEST(ProcFormat, buddyinfo_adds_up_to_the_free_pages_of_zoneinfo) {
    const SnapshotPtr s = test::boot("q35-ovmf-8g")->snapshot();
    std::istringstream in(print_buddyinfo(*s));
    std::vector<NrPages> printed;
    for (std::string line; std::getline(in, line);) {
        std::istringstream words(line.substr(line.find("zone") + 4));
        std::string name;
        words >> name;
        NrPages sum = 0, blocks = 0;
        for (unsigned order = 0; words >> blocks; ++order)
            sum += blocks << order;
        printed.push_back(sum);
    }
    std::vector<NrPages> expected;
    for (const Zone& zone : s->state.zones.nodes[0].zones)
        if (zone.populated()) expected.push_back(zone.free_pages);
    EXPECT_EQ(printed, expected);
}

TEST(ProcFormat, json_is_versioned_and_holds_the_maps) {
    const SnapshotPtr s = test::boot("pc-512m")->snapshot();
    const auto j = nlohmann::json::parse(print_json(*s));
    EXPECT_EQ(j.at("mmscope"), 1);
    EXPECT_EQ(j.at("e820").at("firmware").size(), 7u);
    EXPECT_EQ(j.at("e820").at("firmware").at(0).at("size"), "0x9fc00");
    EXPECT_EQ(j.at("zones").at(0).at("zone"), "DMA");
    EXPECT_EQ(j.at("zones").at(0).at("spanned"), 4095);
    EXPECT_EQ(j.at("at").at("booted"), true);
}

TEST(ProcFormat, everything_prints_at_power_on_too) {
    auto timeline = test::boot("pc-512m");
    timeline->seek(0);
    const SnapshotPtr s = timeline->snapshot();
    EXPECT_EQ(print_dmesg(*s), "");
    EXPECT_EQ(print_zoneinfo(*s), "");
    EXPECT_EQ(print_buddyinfo(*s), "");
    EXPECT_EQ(print_iomem(*s), "");
    EXPECT_NE(print_json(*s), "");
}

}  // namespace
}  // namespace mm
