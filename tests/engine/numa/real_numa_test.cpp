// SPDX-License-Identifier: GPL-3.0-or-later
// Real machines: memblock as the log shows it just before, then x86_numa_init(); the kernel's lines, with the dump of
// memblock at the end, must come out to the letter.
#include <gtest/gtest.h>

#include <cinttypes>
#include <cstdio>
#include <fstream>

#include "engine/firmware/log_reader.h"
#include "engine/numa/numa.h"

namespace mm {
namespace {

struct Log : EventSink {
    std::vector<std::string> lines;
    void event(const Event&, std::string_view) override {}
    void printk(std::string line) override { lines.push_back(std::move(line)); }
};

bool about_numa(const std::string& line) {
    return line.starts_with("SRAT:") || line.starts_with("ACPI: SRAT:") || line.starts_with("No NUMA");
}

class RealNuma : public ::testing::TestWithParam<const char*> {};

TEST_P(RealNuma, TheKernelsLinesToTheLetter) {
    const std::string folder = std::string(MMSCOPE_TEST_DATA) + "/machines/" + GetParam();
    const auto machine = read_machine(folder);
    ASSERT_TRUE(machine) << machine.error().text();
    std::ifstream file(folder + "/dmesg.txt");
    Memblock memblock;
    Pfn max_pfn = 0;
    std::vector<std::string> expected;
    bool numa = false, in_dump = false;
    for (std::string raw; std::getline(file, raw);) {
        const std::string line = raw.substr(raw.find("] ") + 2);
        PhysRange r;
        const char* text = line.c_str();
        numa = numa || about_numa(line);
        if (numa) {
            if (in_dump && !line.starts_with(" ")) break;
            in_dump = in_dump || line == "MEMBLOCK configuration:";
            if (!line.starts_with("memblock_")) expected.push_back(line);
            continue;
        }
        if (max_pfn == 0) std::sscanf(text, "last_pfn = %" SCNx64, &max_pfn);
        if (std::sscanf(text, "memblock_add: [%" SCNx64 "-%" SCNx64, &r.start, &r.end) == 2)
            memblock.add(r.start, r.end + 1 - r.start);
        if (line == "MEMBLOCK configuration:") memblock.trim_memory(page_size);
        if (std::sscanf(text, " reserved[%*x] [%" SCNx64 "-%" SCNx64, &r.start, &r.end) == 2 ||
            std::sscanf(text, "memblock_reserve: [%" SCNx64 "-%" SCNx64, &r.start, &r.end) == 2)
            memblock.reserve(r.start, r.end + 1 - r.start, "logged");
        if (std::sscanf(text, "memblock_phys_free: [%" SCNx64 "-%" SCNx64, &r.start, &r.end) == 2)
            memblock.phys_free(r.start, r.end + 1 - r.start);
    }
    memblock.set_current_limit(phys_of(max_pfn));
    Log log;
    std::size_t served = 0;
    const BootMemblock boot(memblock, Tracer(&log), kernel_build_for(machine->banner, machine->arch), {}, served);
    const Numa result = x86_numa_init(*machine, profile_for(machine->arch, machine->version), boot, max_pfn);
    std::erase_if(log.lines, [](const std::string& line) { return line.starts_with("memblock_"); });
    EXPECT_EQ(log.lines, expected);
    EXPECT_EQ(memblock.check(), Broken{});
    EXPECT_EQ(result.cpu_to_node.size(), machine->possible_cpus);
}

INSTANTIATE_TEST_SUITE_P(Machines, RealNuma,
                         ::testing::Values("pc-128m", "pc-512m", "pc-512m-kaslr", "pc-1g", "pc-4g", "pc-64g", "q35-2g",
                                           "q35-ovmf-512m", "numa-2n-2g"),
                         [](const auto& param) {
                             std::string name = param.param;
                             std::erase(name, '-');
                             return name;
                         });

}  // namespace
}  // namespace mm
