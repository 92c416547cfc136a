// SPDX-License-Identifier: GPL-3.0-or-later
// The direct map of real machines: built here from the memblock their log shows, compared with the page tables read out
// of the running machine (tests/data/machines/*/qemu_page_table.txt), and the memory taken for tables on the way with
// the memblock lines of the log.
//
// What the running kernel changed after init_mem_mapping(), and how a difference is recognised as such:
// * 2 MiB leaves it split (read-only text and rodata, freed init memory, the aliases of modules, ftrace and BPF text):
//   only set_memory_*() splits, so the 512 small leaves contain one whose protection is not PAGE_KERNEL's.
// * protection bits: anywhere in a split block; read-only 2 MiB leaves inside the kernel image; the real-mode
//   trampoline below 1 MiB. Addresses and extents may differ nowhere.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <map>

#include "engine/pgtable/direct_map.h"

namespace mm {
namespace {

constexpr VirtAddr page_offset = 0xffff888000000000;

struct Recorder : EventSink {
    std::vector<PhysAddr> allocated;
    std::vector<std::string> log;
    void event(const Event& e, std::string_view) override {
        if (e.kind == EventKind::memblock_alloc) allocated.push_back(e.touched.start);
    }
    void printk(std::string line) override { log.push_back(std::move(line)); }
};

std::ifstream open_data(const std::string& machine, const std::string& file) {
    return std::ifstream(std::string(MMSCOPE_TEST_DATA) + "/machines/" + machine + "/" + file);
}

/// What the log says about memory when init_mem_mapping() starts, and about what it took.
struct LoggedBoot {
    Memblock memblock;
    std::vector<PhysAddr> allocated;
    Pfn max_pfn = 0, max_low_pfn = 0, brk_end = 0;
    bool gb_pages = false;

    explicit LoggedBoot(const std::string& machine) {
        auto file = open_data(machine, "dmesg.txt");
        bool request = false, mapping = false;
        for (std::string raw; std::getline(file, raw);) {
            const std::string line = raw.substr(std::min(raw.find("] "), raw.size() - 1) + 1).substr(1);
            PhysRange r;
            const char* text = line.c_str();
            const auto has = [&](const char* part) { return line.find(part) != std::string::npos; };
            if (std::sscanf(text, "last_pfn = %" SCNx64, &r.start) == 1) (max_pfn ? max_low_pfn : max_pfn) = r.start;
            if (has("Using GB pages")) gb_pages = true;
            if (std::sscanf(text, " memory[%*x] [%" SCNx64 "-%" SCNx64, &r.start, &r.end) == 2)
                memblock.add(r.start, r.end + 1 - r.start);
            if (std::sscanf(text, " reserved[%*x] [%" SCNx64 "-%" SCNx64, &r.start, &r.end) == 2)
                memblock.reserve(r.start, r.end + 1 - r.start, "early");
            if (has("memblock_phys_alloc_range:")) {
                request = true;
                mapping = has("init_mem_mapping") || has("alloc_low_pages");
            }
            if (has("memblock_alloc_try_nid:")) return;
            if (std::sscanf(text, "memblock_reserve: [%" SCNx64 "-%" SCNx64, &r.start, &r.end) != 2) continue;
            // The last early reservation of the kernel itself is its brk.
            if (memblock.memory().empty() && has("setup_arch")) brk_end = pfn_up(r.end);
            if (mapping && request)
                allocated.push_back(r.start);
            else if (!memblock.memory().empty())
                memblock.reserve(r.start, r.end + 1 - r.start, "early");
            request = false;
        }
    }

    DirectMapInput input() const {
        DirectMapInput in;
        in.page_offset = page_offset;
        in.gb_pages = gb_pages;
        in.max_pfn = max_pfn;
        in.max_low_pfn = max_low_pfn ? max_low_pfn : max_pfn;
        in.brk_pages = profile_for(Arch::x86_64, {6, 1, 0}).init_pgt_buf_pages;
        in.brk_buffer = brk_end - in.brk_pages;
        in.top_table = pfn_down(0x2a10000);
        return in;
    }
};

struct RealLeaves {
    VirtRange virt;
    PhysAddr phys = 0;
    Bytes leaf_size = 0;
    std::string flags;  ///< as QEMU prints them: X no execute, G global, P large, W writable
    bool plain() const { return flags == "XG------W" || flags == "XGP-----W"; }
};

std::vector<RealLeaves> read_direct_map(const std::string& machine) {
    auto file = open_data(machine, "qemu_page_table.txt");
    std::vector<RealLeaves> leaves;
    for (std::string line; std::getline(file, line);) {
        RealLeaves l;
        char size[8] = {}, flags[16] = {};
        if (std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " -> %" SCNx64 " %7s %15s", &l.virt.start, &l.virt.end,
                        &l.phys, size, flags) != 5)
            continue;
        ++l.virt.end;
        l.leaf_size = std::string(size) == "4K" ? page_size : std::string(size) == "2M" ? 2 * MiB : GiB;
        l.flags = flags;
        if (l.virt.start >= page_offset && l.virt.start < 0xffffc88000000000) leaves.push_back(l);
    }
    return leaves;
}

class RealMap : public ::testing::TestWithParam<const char*> {};

TEST_P(RealMap, TablesAreTakenWhereTheKernelTookThem) {
    LoggedBoot boot(GetParam());
    Recorder recorder;
    const DirectMap map = init_mem_mapping(boot.input(), {}, BootMemblock(boot.memblock, Tracer(&recorder)));
    EXPECT_FALSE(boot.allocated.empty());
    EXPECT_EQ(recorder.allocated, boot.allocated);
    EXPECT_EQ(map.tables.check(), Broken{});
    EXPECT_EQ(boot.memblock.check(), Broken{});
    EXPECT_EQ(map.max_pfn_mapped, boot.max_pfn);
    EXPECT_EQ(boot.memblock.current_limit(), phys_of(boot.max_pfn));
    EXPECT_LE(map.brk_tables_used, boot.input().brk_pages);
}

INSTANTIATE_TEST_SUITE_P(Logs, RealMap,
                         ::testing::Values("pc-128m", "pc-512m", "pc-1g", "pc-4g", "pc-64g", "q35-2g", "q35-ovmf-512m",
                                           "numa-2n-2g"),
                         [](const auto& param) {
                             std::string name = param.param;
                             std::erase(name, '-');
                             return name;
                         });

class RealPageTable : public ::testing::TestWithParam<const char*> {
protected:
    void SetUp() override {
        LoggedBoot boot(GetParam());
        m_tables = init_mem_mapping(boot.input(), {}, BootMemblock(boot.memblock)).tables;
        m_real = read_direct_map(GetParam());
        ASSERT_FALSE(m_real.empty());
        // A block is split by set_memory_*() if one of its small leaves is not PAGE_KERNEL.
        for (const auto& l : m_real)
            if (l.leaf_size == page_size && !l.plain())
                for (VirtAddr at = align_down(l.virt.start, 2 * MiB); at < l.virt.end; at += 2 * MiB)
                    m_split[at] = true;
    }
    PageTables m_tables;
    std::vector<RealLeaves> m_real;
    std::map<VirtAddr, bool> m_split;
};

TEST_P(RealPageTable, LeavesAgreeWithTheRunningKernel) {
    for (const auto& real : m_real) {
        for (VirtAddr at = real.virt.start; at < real.virt.end; at += real.leaf_size) {
            SCOPED_TRACE(fmt::format("{:#x} {}", at, real.flags));
            const Walk walk = m_tables.walk(at);
            ASSERT_TRUE(walk.phys);
            ASSERT_EQ(*walk.phys, real.phys + (at - real.virt.start));
            const bool split = m_split.contains(align_down(at, 2 * MiB));
            if (!split) {
                ASSERT_EQ(walk.leaf_size, real.leaf_size);
            }
            ASSERT_GE(walk.leaf_size, real.leaf_size);
            const PtEntry flags = walk.steps.back().entry & ~pte_pfn_mask;
            ASSERT_EQ(flags, walk.leaf_size == page_size ? page_kernel : page_kernel_large);
            if (!split && !real.plain()) {
                const PhysRange text_and_rodata{0x1000000, 0x2a00000};
                ASSERT_TRUE(text_and_rodata.contains(*walk.phys));
            }
        }
    }
}

TEST_P(RealPageTable, NothingElseIsMapped) {
    const auto extents = [](const auto& ranges) {
        std::vector<VirtRange> joined;
        for (const auto& r : ranges)
            if (!joined.empty() && joined.back().end == r.virt.start)
                joined.back().end = r.virt.end;
            else
                joined.push_back(r.virt);
        return joined;
    };
    EXPECT_EQ(extents(m_tables.mapped_ranges()), extents(m_real));
}

INSTANTIATE_TEST_SUITE_P(Machines, RealPageTable, ::testing::Values("pc-512m", "pc-4g"), [](const auto& param) {
    std::string name = param.param;
    std::erase(name, '-');
    return name;
});

}  // namespace
}  // namespace mm
