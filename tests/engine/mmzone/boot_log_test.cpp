// SPDX-License-Identifier: GPL-3.0-or-later
// Real boots, from their logs: memblock as dumped right before sparse_init(), then this room's stages one by one
// against the lines, reservations, the "Memory:" line and the /proc/zoneinfo of the same boot.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>

#include "engine/mmzone/init.h"
#include "engine/page_alloc/page_allocator.h"

namespace mm {
namespace {

std::string file(const std::string& machine, const std::string& name) {
    std::ifstream in(std::string(MMSCOPE_TEST_DATA) + "/machines/" + machine + "/" + name);
    std::stringstream s;
    s << in.rdbuf();
    return s.str();
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        const std::size_t stamp = line.rfind("[", 0) == 0 ? line.find("] ") : std::string::npos;
        out.push_back(stamp == std::string::npos ? line : line.substr(stamp + 2));
    }
    return out;
}

struct Collector : EventSink {
    std::vector<std::string> log;
    std::vector<Event> events;
    void event(const Event& e, std::string_view) override { events.push_back(e); }
    void printk(std::string line) override { log.push_back(std::move(line)); }
};

using Pair = std::pair<std::uint64_t, std::uint64_t>;

/// What one boot's log says, cut where this room's stages begin and end.
class BootLog {
public:
    explicit BootLog(const std::string& machine) : m_lines(lines_of(file(machine, "dmesg.txt"))) {}

    bool has_memblock_dump() const { return find("sparse_init+") < m_lines.size(); }
    std::size_t find(const std::string& part, std::size_t from = 0) const {
        while (from < m_lines.size() && m_lines[from].find(part) == std::string::npos)
            ++from;
        return from;
    }
    const std::string& line(std::size_t i) const { return m_lines[i]; }

    /// The last dump before sparse_init(), with nodes; NODE_DATA under its own name.
    Memblock before_sparse() const {
        Memblock m;
        std::size_t at = 0;
        for (std::size_t i = find("MEMBLOCK configuration"); i < find("sparse_init+"); i = find("MEMBLOCK conf", i + 1))
            at = i;
        unsigned long long from, to;
        int nid;
        for (const std::string& l : m_lines)
            if (std::sscanf(l.c_str(), "NODE_DATA(%d) allocated [mem %llx-%llx]", &nid, &from, &to) == 3)
                m.reserve(from, to + 1 - from, fmt::format("NODE_DATA({})", nid));
        for (std::size_t i = at; i < find("sparse_init+"); ++i) {
            const char* l = m_lines[i].c_str();
            const char* on = std::strstr(l, "on node ");
            nid = on ? std::atoi(on + 8) : MemblockRegion::max_numnodes;
            if (std::sscanf(l, " memory[%*[^]]] [%llx-%llx]", &from, &to) == 2) m.add(from, to + 1 - from, {}, nid);
            if (std::sscanf(l, " reserved[%*[^]]] [%llx-%llx]", &from, &to) == 2) {
                m.reserve(from, to + 1 - from, "before");
                if (on) m.set_node(from, to + 1 - from, nid, true);
            }
        }
        return m;
    }

    /// memblock_reserve lines in [from, to).
    std::vector<Pair> reservations(std::size_t from, std::size_t to) const {
        std::vector<Pair> out;
        unsigned long long a, b;
        for (std::size_t i = from; i < to; ++i)
            if (std::sscanf(m_lines[i].c_str(), "memblock_reserve: [%llx-%llx]", &a, &b) == 2)
                out.push_back({a, b + 1});
        return out;
    }
    /// What others reserve and free in [from, to), done to memblock.
    void replay(Memblock& m, std::size_t from, std::size_t to) const {
        unsigned long long a, b;
        for (std::size_t i = from; i < to; ++i) {
            if (std::sscanf(m_lines[i].c_str(), "memblock_reserve: [%llx-%llx]", &a, &b) == 2)
                m.reserve(a, b + 1 - a, "others");
            if (std::sscanf(m_lines[i].c_str(), "memblock_phys_free: [%llx-%llx]", &a, &b) == 2)
                m.phys_free(a, b + 1 - a);
        }
    }
    /// The lines of [from, to) that begin as lines of the kernel's own do, without debugging output of others.
    std::vector<std::string> plain(std::size_t from, std::size_t to) const {
        std::vector<std::string> out;
        for (std::size_t i = from; i < to; ++i)
            if (m_lines[i].rfind("mminit::", 0) != 0 && m_lines[i].rfind("memblock_", 0) != 0)
                out.push_back(m_lines[i]);
        return out;
    }

private:
    std::vector<std::string> m_lines;
};

/// Takes the table pages that vmemmap_populate_hugepages() takes: one PUD page, one PMD page a GiB of struct pages.
class Mapper {
public:
    explicit Mapper(Memblock& memblock) : m_memblock(memblock) {}
    VmemmapMapper callback() {
        return {[this](PhysRange memmap, Pfn first, Nid nid) {
            EXPECT_EQ(memmap.size(), 2 * MiB);
            EXPECT_EQ(memmap.start % (2 * MiB), 0u);
            const VirtAddr at = page_address_of_struct(first, 0xffffea0000000000, 64);
            for (const unsigned shift : {39u, 30u}) {
                if (!m_tables.insert({shift, at >> shift}).second) continue;
                MemblockRequest r;
                r.size = r.align = page_size;
                r.start = 16 * MiB;
                r.nid = nid;
                taken.push_back(m_memblock.alloc(r));
            }
        }};
    }
    std::vector<PhysAddr> taken;

private:
    Memblock& m_memblock;
    std::set<std::pair<unsigned, std::uint64_t>> m_tables;
};

/// One line of zoneinfo we compare.
struct ZoneFigures {
    Nid nid = 0;
    std::string zone;
    std::map<std::string, NrPages> value;
    std::vector<NrPages> protection;
};

std::vector<ZoneFigures> read_zoneinfo(const std::string& machine) {
    std::vector<ZoneFigures> out;
    for (const std::string& l : lines_of(file(machine, "proc_zoneinfo.txt"))) {
        char name[32];
        int nid;
        unsigned long long n;
        if (std::sscanf(l.c_str(), "Node %d, zone %31s", &nid, name) == 2) {
            out.emplace_back();
            out.back().nid = nid;
            out.back().zone = name;
        } else if (l.find("protection:") != std::string::npos) {
            std::istringstream in(l.substr(l.find('(') + 1));
            for (char comma; in >> n; in >> comma)
                out.back().protection.push_back(n);
        } else if (std::sscanf(l.c_str(), " %31[a-z_:] %llu", name, &n) == 2 && !out.back().value.count(name)) {
            out.back().value[name] = n;
        }
    }
    return out;
}

class BootLogs : public testing::TestWithParam<const char*> {
protected:
    void SetUp() override { ASSERT_TRUE(log.has_memblock_dump()) << "needs a log with memblock=debug"; }
    const KernelProfile& profile = profile_for(Arch::x86_64, {6, 1, 0});
    BootLog log{GetParam()};
    Memblock memblock = log.before_sparse();
    Collector seen;
    Tracer trace{&seen};

    std::vector<Nid> nodes() const {
        std::set<Nid> out;
        for (const MemblockRegion& r : memblock.memory())
            out.insert(r.nid);
        return {out.begin(), out.end()};
    }
    std::vector<Section> sparse() {
        Mapper mapper(memblock);
        return sparse_init(BootMemblock(memblock, trace), profile, mapper.callback());
    }
};

TEST_P(BootLogs, SparseInitTakesTheSameMemoryInTheSameOrder) {
    std::vector<Pair> expected = log.reservations(log.find("sparse_init+"), log.find("Zone ranges"));
    const std::vector<Section> sections = sparse();
    std::vector<Pair> got;
    for (const Event& e : seen.events)
        if (e.kind == EventKind::memblock_alloc) got.push_back({e.touched.start, e.touched.end});
    // The mapper's own pages carry no event here; their places are those that remain.
    for (const Pair& p : got) {
        const auto it = std::find(expected.begin(), expected.end(), p);
        ASSERT_NE(it, expected.end()) << fmt::format("{:#x}-{:#x} was not taken there", p.first, p.second);
        expected.erase(it);
    }
    for (const Pair& p : expected) {
        EXPECT_EQ(p.second - p.first, page_size);
        EXPECT_TRUE(memblock.is_reserved(p.first));
    }
    EXPECT_FALSE(sections.empty());
    EXPECT_EQ(memblock.check(), std::nullopt);
}

TEST_P(BootLogs, ZonesAndListsPrintTheSameLines) {
    sparse();
    seen.log.clear();
    const Pfn max_pfn = pfn_down(memblock.end_of_dram());
    Zones zones;
    PageColumns pages(align_up(max_pfn, 32768));
    free_area_init(zones, pages, memblock, profile, max_pfn, max_pfn, nodes(), trace);
    const std::size_t from = log.find("Zone ranges");
    std::size_t to = from;
    for (std::size_t i = from; i < log.find("Policy zone"); ++i)
        if (log.line(i).find("unavailable ranges") != std::string::npos) to = i + 1;
    EXPECT_EQ(seen.log, log.plain(from, to));

    seen.log.clear();
    std::vector<bool> has_cpu(nodes().size(), true);
    build_all_zonelists(zones, profile, {}, has_cpu, trace);
    EXPECT_EQ(seen.log, log.plain(log.find("Fallback order"), log.find("Policy zone") + 1));
}

TEST_P(BootLogs, AvailableMemoryAndWatermarksAreExact) {
    sparse();
    const Pfn max_pfn = pfn_down(memblock.end_of_dram());
    Zones zones;
    PageColumns pages(align_up(max_pfn, 32768));
    AllocStats stats;
    PageAllocator allocator(zones, pages, stats, profile);
    const FreePagesCore core = [&](Pfn p, Order o) { allocator.free_pages_core(p, o); };
    free_area_init(zones, pages, memblock, profile, max_pfn, max_pfn, nodes(), trace);
    build_all_zonelists(zones, profile, {}, std::vector<bool>(nodes().size(), true), trace);
    log.replay(memblock, log.find("Zone ranges"), log.find("Memory: "));
    const NrPages totalram = memblock_free_all(zones, pages, memblock, profile, core, trace);
    ASSERT_EQ(allocator.check(), std::nullopt);

    NrPages free_pages = 0, present = 0;
    const auto sum = [&] {
        free_pages = present = 0;
        for (const Node& n : zones.nodes)
            for (const Zone& z : n.zones)
                free_pages += z.free_pages, present += z.present;
    };
    sum();
    unsigned long long available, total, reserved;
    const std::string& memory = log.line(log.find("Memory: "));
    ASSERT_EQ(std::sscanf(memory.c_str(), "Memory: %lluK/%lluK", &available, &total), 2);
    ASSERT_EQ(std::sscanf(memory.c_str() + memory.find("bss, ") + 5, "%lluK reserved", &reserved), 1);
    // Before the line is printed, preallocate_vmalloc_pages() has taken a table for each top-level entry that the 32
    // TiB of vmalloc touch: 64, or 65 where its randomised start lies inside an entry.
    const NrPages vmalloc_tables = std::string(GetParam()) == "pc-512m-kaslr" ? 65 : 64;
    EXPECT_EQ((free_pages - vmalloc_tables) * 4, available);
    EXPECT_EQ(present * 4, total);
    EXPECT_EQ((present - totalram) * 4, reserved);

    deferred_init(zones, pages, memblock, profile, core, trace);
    ASSERT_EQ(allocator.check(), std::nullopt);
    sum();
    EXPECT_EQ(free_pages, totalram) << "with the deferred pages everything is there";

    // The kernel frees pieces of its image before the watermarks are set.
    unsigned long long alternatives = 0;
    const std::size_t at = log.find("Freeing SMP alternatives memory: ");
    ASSERT_EQ(std::sscanf(log.line(at).c_str(), "Freeing SMP alternatives memory: %lluK", &alternatives), 1);
    zones.zone(zones.zone_of(pfn_down(16 * MiB))->nid, ZoneType::dma32)->managed += alternatives / 4;
    init_per_zone_wmark_min(zones, profile, trace);
    set_recommended_min_free_kbytes(zones, profile, totalram, trace);
    for (const ZoneFigures& z : read_zoneinfo(GetParam())) {
        SCOPED_TRACE(testing::Message() << "node " << z.nid << " zone " << z.zone);
        std::size_t type = 0;
        while (name_of(static_cast<ZoneType>(type)) != z.zone)
            ++type;
        const Zone& zone = *zones.zone(z.nid, static_cast<ZoneType>(type));
        EXPECT_EQ(zone.spanned, z.value.at("spanned"));
        EXPECT_EQ(zone.present, z.value.at("present"));
        if (z.value.at("managed") == 0) continue;
        EXPECT_EQ(zone.watermark[0], z.value.at("min"));
        EXPECT_EQ(zone.watermark[1], z.value.at("low"));
        EXPECT_EQ(zone.watermark[2], z.value.at("high"));
        EXPECT_EQ(zone.start_pfn, z.value.at("start_pfn:"));
        std::vector<NrPages> reserve(zone.lowmem_reserve.begin(), zone.lowmem_reserve.end());
        reserve.erase(reserve.begin() + static_cast<int>(ZoneType::highmem));
        EXPECT_EQ(reserve, z.protection);
    }
}

INSTANTIATE_TEST_SUITE_P(RealMachines, BootLogs,
                         testing::Values("pc-128m", "pc-512m", "pc-512m-rep2", "pc-512m-kaslr", "pc-1g", "pc-4g",
                                         "pc-64g", "q35-2g", "q35-ovmf-512m", "numa-2n-2g"),
                         [](const auto& i) {
                             std::string name = i.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

}  // namespace
}  // namespace mm
