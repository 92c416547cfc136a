// SPDX-License-Identifier: GPL-3.0-or-later
// The real kernel as a judge: every memblock request a booting machine logged (memblock=debug) is made here again, in
// order, and must be answered with the address the kernel got. The two MEMBLOCK dumps must agree to the letter.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <map>

#include "engine/memblock/memblock.h"

namespace mm {
namespace {

using Lines = std::vector<std::string>;

Lines read_log(const std::string& machine) {
    std::ifstream file(std::string(MMSCOPE_TEST_DATA) + "/machines/" + machine + "/dmesg.txt");
    Lines lines;
    for (std::string line; std::getline(file, line);) {
        const auto after_time = line.find("] ");
        lines.push_back(after_time == std::string::npos ? line : line.substr(after_time + 2));
    }
    return lines;
}

/// Follows a log line by line and keeps a memblock in step with it.
class Replay {
public:
    explicit Replay(const std::string& machine) : m_lines(read_log(machine)) {}

    void run() {
        ASSERT_FALSE(m_lines.empty());
        for (m_at = 0; m_at < m_lines.size(); ++m_at) {
            SCOPED_TRACE(fmt::format("line {}: {}", m_at + 1, m_lines[m_at]));
            step(m_lines[m_at]);
            if (::testing::Test::HasFatalFailure()) return;
        }
    }
    int allocations() const { return m_allocations; }
    int dumps() const { return m_dumps; }

private:
    void step(const std::string& line) {
        PhysAddr first = 0, last = 0;
        const char* text = line.c_str();
        if (line == "MEMBLOCK configuration:") return dump();
        if (std::sscanf(text, "memblock_add: [%" SCNx64 "-%" SCNx64 "]", &first, &last) == 2)
            m_memblock.add(first, last - first + 1);
        else if (std::sscanf(text, "memblock_phys_free: [%" SCNx64 "-%" SCNx64 "]", &first, &last) == 2) {
            m_memblock.phys_free(first, last - first + 1);
            if (line.find("init_mem_mapping") != std::string::npos) m_mapped = true;
        } else if (std::sscanf(text, "memblock_reserve: [%" SCNx64 "-%" SCNx64 "]", &first, &last) == 2) {
            reserve({first, last + 1}, line.find("memblock_alloc_range_nid") != std::string::npos);
        } else if (line.starts_with("memblock_")) {
            request(line);
        } else {
            note_nodes(line);
        }
        ASSERT_EQ(m_memblock.check(), Broken{});
    }

    /// "memblock_alloc_try_nid: 4096 bytes align=0x40 nid=0 from=0x... max_addr=0x... caller", nid only in some.
    void request(const std::string& line) {
        char name[64] = {};
        m_request = {};
        const auto from = line.find("from=");
        ASSERT_NE(from, std::string::npos);
        ASSERT_EQ(std::sscanf(line.c_str(), "%63[^:]: %" SCNu64 " bytes align=0x%" SCNx64 " nid=%d", name,
                              &m_request.size, &m_request.align, &m_request.nid),
                  line.find("nid=") == std::string::npos ? 3 : 4);
        ASSERT_EQ(std::sscanf(line.c_str() + from, "from=0x%" SCNx64 " max_addr=0x%" SCNx64, &m_request.start,
                              &m_request.end),
                  2);
        const std::string function = name;
        m_request.exact_nid = function == "memblock_alloc_exact_nid_raw";
        m_retry_low = function != "memblock_phys_alloc_range";
        m_pending = true;
    }

    void reserve(PhysRange got, bool by_alloc) {
        if (!by_alloc) {
            if (m_dumps > 0) m_memblock.reserve(got.start, got.size(), "logged");
            return;
        }
        if (!m_pending) node_data_request(got.size());
        m_pending = false;
        m_memblock.set_current_limit(m_mapped ? m_memblock.end_of_dram() : MiB);
        ASSERT_EQ(m_memblock.alloc(m_request, {}, m_retry_low), got.start);
        ++m_allocations;
    }

    /// memblock_phys_alloc_try_nid() logs nothing of its own: NODE_DATA, once a node, after the nodes are set.
    void node_data_request(Bytes size) {
        for (const auto& [block, nid] : m_nodes) {
            // Blocks of nodes are clipped at max_pfn.
            const PhysRange range = block.intersect({0, m_memblock.end_of_dram()});
            for (const bool in_reserved : {false, true})
                if (m_next_node == 0) m_memblock.set_node(range.start, range.size(), nid, in_reserved);
        }
        m_request = {};
        m_request.size = size;
        m_request.nid = m_next_node++;
        m_retry_low = false;
    }

    void note_nodes(const std::string& line) {
        PhysRange a, b, joined;
        int nid = 0, pxm = 0;
        const char* text = line.c_str();
        if (std::sscanf(text, "Faking a node at [mem %" SCNx64 "-%" SCNx64 "]", &a.start, &a.end) == 2)
            m_nodes[{a.start, a.end + 1}] = 0;
        if (std::sscanf(text, "ACPI: SRAT: Node %d PXM %d [mem %" SCNx64 "-%" SCNx64 "]", &nid, &pxm, &a.start,
                        &a.end) == 4)
            m_nodes[{a.start, a.end + 1}] = nid;
        if (std::sscanf(text,
                        "NUMA: Node %d [mem %" SCNx64 "-%" SCNx64 "] + [mem %" SCNx64 "-%" SCNx64 "] -> [mem %" SCNx64
                        "-%" SCNx64 "]",
                        &nid, &a.start, &a.end, &b.start, &b.end, &joined.start, &joined.end) == 7) {
            std::erase_if(m_nodes, [&](const auto& node) { return node.first.start == a.start; });
            std::erase_if(m_nodes, [&](const auto& node) { return node.first.start == b.start; });
            m_nodes[{joined.start, joined.end + 1}] = nid;
        }
    }

    void dump() {
        std::size_t end = m_at + 1;
        while (m_lines[end].starts_with(" "))
            ++end;
        const Lines expected(m_lines.begin() + static_cast<std::ptrdiff_t>(m_at),
                             m_lines.begin() + static_cast<std::ptrdiff_t>(end));
        if (m_dumps++ == 0) {
            // What was reserved before the command line was parsed is not logged: take it from the first dump.
            m_memblock.trim_memory(page_size);
            PhysRange r;
            for (const auto& line : expected)
                if (std::sscanf(line.c_str(), " reserved[%*x] [%" SCNx64 "-%" SCNx64 "]", &r.start, &r.end) == 2)
                    m_memblock.reserve(r.start, r.end + 1 - r.start, "early");
        }
        EXPECT_EQ(m_memblock.dump_lines(), expected);
        m_at = end - 1;
    }

    Lines m_lines;
    std::size_t m_at = 0;
    Memblock m_memblock;
    MemblockRequest m_request;
    bool m_pending = false, m_retry_low = false, m_mapped = false;
    std::map<PhysRange, Nid> m_nodes;
    Nid m_next_node = 0;
    int m_allocations = 0, m_dumps = 0;
};

class MemblockReplay : public ::testing::TestWithParam<const char*> {};

TEST_P(MemblockReplay, EveryAllocationLandsWhereTheKernelPutIt) {
    Replay replay(GetParam());
    replay.run();
    EXPECT_EQ(replay.dumps(), 2);
    EXPECT_GT(replay.allocations(), 40);
    RecordProperty("allocations", replay.allocations());
}

INSTANTIATE_TEST_SUITE_P(Machines, MemblockReplay,
                         ::testing::Values("pc-128m", "pc-512m", "pc-512m-rep2", "pc-512m-kaslr", "pc-1g", "pc-4g",
                                           "pc-64g", "q35-2g", "q35-ovmf-512m", "numa-2n-2g"),
                         [](const auto& param) {
                             std::string name = param.param;
                             std::erase(name, '-');
                             return name;
                         });

}  // namespace
}  // namespace mm
